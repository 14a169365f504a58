//! All builds that are kept, in memory and on disk, as one thing that can be listed and cleared.
//!
//! Knows nothing of compiling.

use std::sync::Arc;

use super::artefacts::ArtefactFolder;
use super::outlet::Outlet;
use super::protocol::{CacheCommand, Event};
use super::workers::WorkersConfig;
use crate::engine::BuildCache;
use crate::model::cache::CacheListing;

/// The builds that are kept; cheap to clone.
#[derive(Clone)]
pub(crate) struct Cache {
    pub(crate) builds: Arc<BuildCache>,
    folder: Option<Arc<ArtefactFolder>>,
    memory_bytes: u64,
}

impl Cache {
    /// Begins with nothing in memory and whatever earlier runs left on disk.
    pub(crate) fn new(config: &WorkersConfig, outlet: &Outlet) -> Self {
        let folder = config.cache_dir.clone().map(|path| {
            let outlet = outlet.clone();
            let tell = Box::new(move |notice| {
                outlet.send(Event::Notice(notice));
            });
            Arc::new(ArtefactFolder::new(path, config.disk_cache_bytes, tell))
        });
        let builds = match &folder {
            Some(folder) => BuildCache::with_store(config.cache_bytes, Arc::clone(folder) as _),
            None => BuildCache::new(config.cache_bytes),
        };
        Self { builds: Arc::new(builds), folder, memory_bytes: config.cache_bytes }
    }

    /// Does a job, then tells what is kept.
    pub(crate) fn work(&mut self, command: CacheCommand, outlet: &Outlet) {
        match command {
            CacheCommand::List => {}
            CacheCommand::Remove(key) => {
                self.builds.remove(key);
                self.folder.iter().for_each(|folder| folder.remove(key));
            }
            CacheCommand::Clear => {
                self.builds.clear();
                self.folder.iter().for_each(|folder| folder.clear());
            }
            CacheCommand::SetSizes { memory_bytes, disk_bytes } => {
                self.memory_bytes = memory_bytes;
                self.builds.set_most_bytes(memory_bytes);
                self.folder.iter().for_each(|folder| folder.set_most_bytes(disk_bytes));
            }
        }
        outlet.send(Event::CacheListed(Arc::new(self.listing())));
    }

    fn listing(&self) -> CacheListing {
        let on_disk = self.folder.as_ref().map(|folder| folder.rows()).unwrap_or_default();
        CacheListing {
            rows: CacheListing::join(self.builds.rows(), on_disk),
            most_memory_bytes: self.memory_bytes,
            most_disk_bytes: self.folder.as_ref().map(|folder| folder.most_bytes()),
            folder: self.folder.as_ref().map(|folder| folder.path().to_owned()),
        }
    }
}
