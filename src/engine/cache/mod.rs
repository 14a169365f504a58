//! Builds that need not be made again: those of this run in memory, those of earlier runs from a store.
//!
//! Knows no files: a store is somebody who keeps bytes under a key. A hit in memory compares the source byte by
//! byte with the one that was compiled and hashes none of it; the store's keys are hashes of all that a build
//! depends on.

mod entry;
mod thaw;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

use super::build::Build;
use super::compile::CompileRequest;
use super::instance::nanos_since;
use super::rewrite;
use super::settings::{Engines, Pricing};
use crate::model::build::{BuildInfo, CacheOutcome, Phases};
use crate::model::cache::{CacheKey, CacheRow, CachedFacts};

/// Binaries below this length compile about as fast as their artefact is read back, and are not stored.
pub const LEAST_STORED_BYTES: u64 = 16 * 1024;

/// Keeps the bytes of builds beyond the end of the program.
///
/// Whoever implements this vouches for what [`load`](Self::load) returns: bytes that this program, under this
/// account, gave to [`save`](Self::save) with the same key, unchanged. The engine runs them as machine code.
pub trait ArtefactStore: Send + Sync {
    /// Returns the bytes that were saved under a key; `None` when there are none that can be trusted.
    fn load(&self, key: CacheKey) -> Option<Vec<u8>>;

    /// Keeps bytes under a key.
    fn save(&self, key: CacheKey, facts: &CachedFacts, bytes: &[u8]);

    /// Drops bytes that were whole and yet no build, and tells somebody.
    fn discard(&self, key: CacheKey, reason: &str);
}

/// Builds by the content of their source; the least recently used in memory go first.
pub struct BuildCache {
    inner: Mutex<CacheInner>,
    store: Option<Arc<dyn ArtefactStore>>,
}

#[derive(Default)]
struct CacheInner {
    /// By a hash of some bytes of the source: what has the same hash is compared as a whole.
    builds: HashMap<u64, Vec<Cached>>,
    most_bytes: u64,
    clock: u64,
    stats: CacheStats,
}

struct Cached {
    variant: String,
    /// The source as it was given; of a binary, the build's own.
    source: Arc<[u8]>,
    build: Arc<Build>,
    name: Arc<str>,
    bytes: u64,
    used: u64,
    used_unix_ms: u64,
    made_unix_ms: u64,
    hits: u64,
}

/// How often the cache helped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CacheStats {
    /// Builds that were in memory.
    pub hits: u64,
    /// Builds that the store had.
    pub store_hits: u64,
    /// Builds that had to be made.
    pub misses: u64,
    /// Builds in memory.
    pub entries: usize,
    /// Estimated bytes of the builds in memory.
    pub bytes: u64,
}

impl BuildCache {
    /// Makes an empty cache that keeps builds of about `most_bytes` bytes together, in memory alone.
    pub fn new(most_bytes: u64) -> Self {
        let inner = CacheInner { most_bytes, ..CacheInner::default() };
        Self { inner: Mutex::new(inner), store: None }
    }

    /// Makes an empty cache that also asks a store for builds that are not in memory.
    pub fn with_store(most_bytes: u64, store: Arc<dyn ArtefactStore>) -> Self {
        Self { store: Some(store), ..Self::new(most_bytes) }
    }

    /// Returns how often the cache helped.
    pub fn stats(&self) -> CacheStats {
        self.lock().stats
    }

    /// Gives a build to the store, if that is worth its while; tells whether it was given.
    ///
    /// Apart from compiling, since it takes a moment in which nobody need wait for the build.
    pub fn save(&self, build: &Build, name: &str) -> bool {
        let facts = self.note_name(build, name);
        let is_worth_it =
            build.info.cache == CacheOutcome::Miss && build.info.wasm_bytes >= LEAST_STORED_BYTES;
        if let Some(store) = self.store.as_ref().filter(|_| is_worth_it)
            && let Some(bytes) = entry::encode(build)
        {
            store.save(build.key, &facts, &bytes);
            return true;
        }
        false
    }

    /// Lists the builds in memory.
    pub fn rows(&self) -> Vec<CacheRow> {
        let inner = self.lock();
        let row = |cached: &Cached| CacheRow {
            key: cached.build.key,
            facts: facts(&cached.build, &cached.name, cached.made_unix_ms),
            memory_bytes: Some(cached.bytes),
            disk_bytes: None,
            hits: cached.hits,
            used_unix_ms: cached.used_unix_ms,
        };
        inner.builds.values().flatten().map(row).collect()
    }

    /// Drops a build from memory; whoever uses it keeps it.
    pub fn remove(&self, key: CacheKey) {
        self.lock().retain(|cached| cached.build.key != key);
    }

    /// Drops all builds from memory; whoever uses one keeps it.
    pub fn clear(&self) {
        self.lock().retain(|_| false);
    }

    /// Changes how many bytes the builds in memory may take together.
    pub fn set_most_bytes(&self, most_bytes: u64) {
        let mut inner = self.lock();
        inner.most_bytes = most_bytes;
        inner.trim();
    }

    /// Finds the build of a source in memory.
    pub(super) fn find(&self, request: &CompileRequest<'_>) -> Option<Arc<Build>> {
        let (variant, bucket) = (variant_of(request), bucket_of(request));
        let mut inner = self.lock();
        inner.clock += 1;
        let clock = inner.clock;
        let bucket = inner.builds.get_mut(&bucket)?;
        let cached = bucket
            .iter_mut()
            .find(|cached| cached.variant == variant && *cached.source == *request.source)?;
        cached.used = clock;
        cached.used_unix_ms = unix_ms();
        cached.hits += 1;
        let build = Arc::clone(&cached.build);
        inner.stats.hits += 1;
        drop(inner);
        let phases = Phases { read: request.read_ns, ..Phases::default() };
        let info = BuildInfo { cache: CacheOutcome::Memory, phases, ..build.info.clone() };
        Some(Arc::new(build.with_info(info)))
    }

    /// Finds the build of a source in the store, and keeps it in memory from now on.
    pub(super) fn restore(
        &self,
        engines: &Engines,
        key: CacheKey,
        request: &CompileRequest<'_>,
    ) -> Option<Arc<Build>> {
        let store = self.store.as_ref()?;
        let started = Instant::now();
        let bytes = store.load(key)?;
        let mut build = match entry::decode(engines, key, request, &bytes) {
            Ok(build) => build,
            Err(reason) => {
                store.discard(key, &reason);
                return None;
            }
        };
        build.info.phases.restore = Some(nanos_since(started));
        let build = Arc::new(build);
        self.insert(request, &build);
        self.lock().stats.store_hits += 1;
        Some(build)
    }

    /// Keeps a build that was made in memory.
    pub(super) fn insert_made(&self, request: &CompileRequest<'_>, build: &Arc<Build>) {
        self.insert(request, build);
        self.lock().stats.misses += 1;
    }

    fn insert(&self, request: &CompileRequest<'_>, build: &Arc<Build>) {
        let source = if build.info.kind.is_text() { request.source.into() } else { Arc::clone(&build.wasm) };
        // Machine code is about as long as the binary, and the positions of operators as well.
        let bytes = build.info.source_bytes + 4 * build.info.wasm_bytes + 4096;
        let mut inner = self.lock();
        inner.clock += 1;
        let now = unix_ms();
        let cached = Cached {
            variant: variant_of(request),
            source,
            build: Arc::clone(build),
            name: "".into(),
            bytes,
            used: inner.clock,
            used_unix_ms: now,
            made_unix_ms: now,
            hits: 0,
        };
        inner.retain(|cached| cached.build.key != build.key);
        inner.stats.bytes += bytes;
        inner.stats.entries += 1;
        inner.builds.entry(bucket_of(request)).or_default().push(cached);
        inner.trim();
    }

    /// Notes what the source of a build is called, and returns what is known of it.
    fn note_name(&self, build: &Build, name: &str) -> CachedFacts {
        let mut inner = self.lock();
        let cached = inner.builds.values_mut().flatten().find(|cached| cached.build.key == build.key);
        let made_unix_ms = cached.map_or_else(unix_ms, |cached| {
            cached.name = name.into();
            cached.made_unix_ms
        });
        facts(build, name, made_unix_ms)
    }

    fn lock(&self) -> MutexGuard<'_, CacheInner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CacheInner {
    /// Drops the least recently used builds until the rest fits; one stays, whatever its size.
    fn trim(&mut self) {
        while self.stats.bytes > self.most_bytes && self.stats.entries > 1 {
            let used = self.builds.values().flatten().map(|cached| cached.used);
            let Some(oldest) = used.min() else { break };
            self.retain(|cached| cached.used != oldest);
        }
    }

    fn retain(&mut self, mut keep: impl FnMut(&Cached) -> bool) {
        self.builds.retain(|_, bucket| {
            bucket.retain(&mut keep);
            !bucket.is_empty()
        });
        self.stats.entries = self.builds.values().map(Vec::len).sum();
        self.stats.bytes = self.builds.values().flatten().map(|cached| cached.bytes).sum();
    }
}

/// Hashes everything that a build depends on.
pub(super) fn key_of(engines: &Engines, request: &CompileRequest<'_>) -> CacheKey {
    let mut hasher = Sha256::new();
    hasher.update(env!("CARGO_PKG_VERSION"));
    hasher.update([0]);
    hasher.update(entry::VERSION.to_le_bytes());
    hasher.update(variant_of(request));
    hasher.update([0]);
    // The engine's release, its switches and what the processor offers. An engine that can't be made has no
    // builds either.
    if let Ok(engine) = engines.get(request.settings, Pricing::ByPass) {
        let mut feed = Feed(&mut hasher);
        engine.precompile_compatibility_hash().hash(&mut feed);
    }
    hasher.update((request.source.len() as u64).to_le_bytes());
    hasher.update(request.source);
    CacheKey(hasher.finalize().into())
}

/// Writes down what a build depends on beside its source: the pass, and everything that is set.
fn variant_of(request: &CompileRequest<'_>) -> String {
    format!("pass {} {:?}", rewrite::PASS_VERSION, request.settings)
}

/// Hashes so few bytes of a source that it costs nothing, however large the source.
fn bucket_of(request: &CompileRequest<'_>) -> u64 {
    const SAMPLES: usize = 64;
    const SAMPLE_BYTES: usize = 32;
    let source = request.source;
    let mut hasher = DefaultHasher::new();
    source.len().hash(&mut hasher);
    let stride = (source.len() / SAMPLES).max(SAMPLE_BYTES);
    for start in (0..source.len()).step_by(stride) {
        hasher.write(&source[start..source.len().min(start + SAMPLE_BYTES)]);
    }
    hasher.finish()
}

/// Gives whatever is hashed to SHA-256.
struct Feed<'a>(&'a mut Sha256);

impl Hasher for Feed<'_> {
    fn finish(&self) -> u64 {
        0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

fn facts(build: &Build, name: &str, made_unix_ms: u64) -> CachedFacts {
    CachedFacts {
        name: name.to_owned(),
        sha256: build.info.sha256.clone(),
        source_bytes: build.info.source_bytes,
        wasm_bytes: build.info.wasm_bytes,
        made_in_ns: build.info.phases.total_ns(),
        made_unix_ms,
        engine: build.settings.summary(),
    }
}

fn unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
