//! The icons that ship with the program, by the names of their set.
//!
//! Knows no widgets and no colours. Each is text of one sign, drawn by the fallback faces of every family;
//! a control that shows nothing else needs a name and a tooltip.

/// Returns the filled form of an outlined icon, as text of one sign.
///
/// The filled face lies in plane 15 at the same offset for every sign.
pub fn filled(icon: &str) -> String {
    icon.chars().map(|sign| char::from_u32(u32::from(sign) + 0xF_0000).unwrap_or(sign)).collect()
}

/// Outlined icon `activity`.
pub const ACTIVITY: &str = "\u{e000}";
/// Outlined icon `app-window`.
pub const APP_WINDOW: &str = "\u{e5da}";
/// Outlined icon `archive`.
pub const ARCHIVE: &str = "\u{e00c}";
/// Outlined icon `arrow-bend-down-left`.
pub const ARROW_BEND_DOWN_LEFT: &str = "\u{e018}";
/// Outlined icon `arrow-bend-up-left`.
pub const ARROW_BEND_UP_LEFT: &str = "\u{e024}";
/// Outlined icon `arrow-clockwise`.
pub const ARROW_CLOCKWISE: &str = "\u{e036}";
/// Outlined icon `arrow-counter-clockwise`.
pub const ARROW_COUNTER_CLOCKWISE: &str = "\u{e038}";
/// Outlined icon `arrow-down`.
pub const ARROW_DOWN: &str = "\u{e03e}";
/// Outlined icon `arrow-elbow-down-left`.
pub const ARROW_ELBOW_DOWN_LEFT: &str = "\u{e044}";
/// Outlined icon `arrow-fat-line-right`.
pub const ARROW_FAT_LINE_RIGHT: &str = "\u{e520}";
/// Outlined icon `arrow-fat-right`.
pub const ARROW_FAT_RIGHT: &str = "\u{e52c}";
/// Outlined icon `arrow-left`.
pub const ARROW_LEFT: &str = "\u{e058}";
/// Outlined icon `arrow-line-down`.
pub const ARROW_LINE_DOWN: &str = "\u{e05c}";
/// Outlined icon `arrow-right`.
pub const ARROW_RIGHT: &str = "\u{e06c}";
/// Outlined icon `arrow-square-out`.
pub const ARROW_SQUARE_OUT: &str = "\u{e5de}";
/// Outlined icon `arrow-u-down-left`.
pub const ARROW_U_DOWN_LEFT: &str = "\u{e07e}";
/// Outlined icon `arrow-u-up-left`.
pub const ARROW_U_UP_LEFT: &str = "\u{e08a}";
/// Outlined icon `arrow-up`.
pub const ARROW_UP: &str = "\u{e08e}";
/// Outlined icon `arrows-clockwise`.
pub const ARROWS_CLOCKWISE: &str = "\u{e094}";
/// Outlined icon `arrows-down-up`.
pub const ARROWS_DOWN_UP: &str = "\u{e098}";
/// Outlined icon `arrows-in`.
pub const ARROWS_IN: &str = "\u{e09a}";
/// Outlined icon `arrows-left-right`.
pub const ARROWS_LEFT_RIGHT: &str = "\u{e0a0}";
/// Outlined icon `arrows-merge`.
pub const ARROWS_MERGE: &str = "\u{ed3e}";
/// Outlined icon `arrows-out`.
pub const ARROWS_OUT: &str = "\u{e0a2}";
/// Outlined icon `arrows-out-line-horizontal`.
pub const ARROWS_OUT_LINE_HORIZONTAL: &str = "\u{e534}";
/// Outlined icon `arrows-out-simple`.
pub const ARROWS_OUT_SIMPLE: &str = "\u{e0a6}";
/// Outlined icon `arrows-split`.
pub const ARROWS_SPLIT: &str = "\u{ed3c}";
/// Outlined icon `bell`.
pub const BELL: &str = "\u{e0ce}";
/// Outlined icon `binary`.
pub const BINARY: &str = "\u{ee60}";
/// Outlined icon `book`.
pub const BOOK: &str = "\u{e0e2}";
/// Outlined icon `book-open`.
pub const BOOK_OPEN: &str = "\u{e0e6}";
/// Outlined icon `bookmark`.
pub const BOOKMARK: &str = "\u{e0e8}";
/// Outlined icon `bookmark-simple`.
pub const BOOKMARK_SIMPLE: &str = "\u{e0ea}";
/// Outlined icon `box-arrow-down`.
pub const BOX_ARROW_DOWN: &str = "\u{e00e}";
/// Outlined icon `brackets-angle`.
pub const BRACKETS_ANGLE: &str = "\u{e862}";
/// Outlined icon `brackets-curly`.
pub const BRACKETS_CURLY: &str = "\u{e860}";
/// Outlined icon `brackets-round`.
pub const BRACKETS_ROUND: &str = "\u{e864}";
/// Outlined icon `brackets-square`.
pub const BRACKETS_SQUARE: &str = "\u{e85e}";
/// Outlined icon `broadcast`.
pub const BROADCAST: &str = "\u{e0f2}";
/// Outlined icon `bug`.
pub const BUG: &str = "\u{e5f4}";
/// Outlined icon `bug-beetle`.
pub const BUG_BEETLE: &str = "\u{e5f6}";
/// Outlined icon `calculator`.
pub const CALCULATOR: &str = "\u{e538}";
/// Outlined icon `camera`.
pub const CAMERA: &str = "\u{e10e}";
/// Outlined icon `caret-double-left`.
pub const CARET_DOUBLE_LEFT: &str = "\u{e128}";
/// Outlined icon `caret-double-right`.
pub const CARET_DOUBLE_RIGHT: &str = "\u{e12a}";
/// Outlined icon `caret-down`.
pub const CARET_DOWN: &str = "\u{e136}";
/// Outlined icon `caret-left`.
pub const CARET_LEFT: &str = "\u{e138}";
/// Outlined icon `caret-line-left`.
pub const CARET_LINE_LEFT: &str = "\u{e132}";
/// Outlined icon `caret-line-right`.
pub const CARET_LINE_RIGHT: &str = "\u{e130}";
/// Outlined icon `caret-right`.
pub const CARET_RIGHT: &str = "\u{e13a}";
/// Outlined icon `caret-up`.
pub const CARET_UP: &str = "\u{e13c}";
/// Outlined icon `caret-up-down`.
pub const CARET_UP_DOWN: &str = "\u{e140}";
/// Outlined icon `chart-bar`.
pub const CHART_BAR: &str = "\u{e150}";
/// Outlined icon `chart-line`.
pub const CHART_LINE: &str = "\u{e154}";
/// Outlined icon `chart-line-up`.
pub const CHART_LINE_UP: &str = "\u{e156}";
/// Outlined icon `chart-scatter`.
pub const CHART_SCATTER: &str = "\u{eaac}";
/// Outlined icon `chat`.
pub const CHAT: &str = "\u{e15c}";
/// Outlined icon `chat-centered-text`.
pub const CHAT_CENTERED_TEXT: &str = "\u{e166}";
/// Outlined icon `chat-text`.
pub const CHAT_TEXT: &str = "\u{e17a}";
/// Outlined icon `check`.
pub const CHECK: &str = "\u{e182}";
/// Outlined icon `check-circle`.
pub const CHECK_CIRCLE: &str = "\u{e184}";
/// Outlined icon `circle`.
pub const CIRCLE: &str = "\u{e18a}";
/// Outlined icon `circle-dashed`.
pub const CIRCLE_DASHED: &str = "\u{e602}";
/// Outlined icon `circle-half`.
pub const CIRCLE_HALF: &str = "\u{e18c}";
/// Outlined icon `circle-notch`.
pub const CIRCLE_NOTCH: &str = "\u{eb44}";
/// Outlined icon `clipboard`.
pub const CLIPBOARD: &str = "\u{e196}";
/// Outlined icon `clipboard-text`.
pub const CLIPBOARD_TEXT: &str = "\u{e198}";
/// Outlined icon `clock`.
pub const CLOCK: &str = "\u{e19a}";
/// Outlined icon `clock-countdown`.
pub const CLOCK_COUNTDOWN: &str = "\u{ed2c}";
/// Outlined icon `clock-counter-clockwise`.
pub const CLOCK_COUNTER_CLOCKWISE: &str = "\u{e1a0}";
/// Outlined icon `code`.
pub const CODE: &str = "\u{e1bc}";
/// Outlined icon `code-block`.
pub const CODE_BLOCK: &str = "\u{eafe}";
/// Outlined icon `code-simple`.
pub const CODE_SIMPLE: &str = "\u{e1be}";
/// Outlined icon `columns`.
pub const COLUMNS: &str = "\u{e546}";
/// Outlined icon `command`.
pub const COMMAND: &str = "\u{e1c4}";
/// Outlined icon `compass`.
pub const COMPASS: &str = "\u{e1c8}";
/// Outlined icon `copy`.
pub const COPY: &str = "\u{e1ca}";
/// Outlined icon `cpu`.
pub const CPU: &str = "\u{e610}";
/// Outlined icon `crosshair`.
pub const CROSSHAIR: &str = "\u{e1d6}";
/// Outlined icon `crosshair-simple`.
pub const CROSSHAIR_SIMPLE: &str = "\u{e1d8}";
/// Outlined icon `cube`.
pub const CUBE: &str = "\u{e1da}";
/// Outlined icon `cube-focus`.
pub const CUBE_FOCUS: &str = "\u{ed0a}";
/// Outlined icon `cursor`.
pub const CURSOR: &str = "\u{e1dc}";
/// Outlined icon `cursor-click`.
pub const CURSOR_CLICK: &str = "\u{e7c8}";
/// Outlined icon `cursor-text`.
pub const CURSOR_TEXT: &str = "\u{e7d8}";
/// Outlined icon `database`.
pub const DATABASE: &str = "\u{e1de}";
/// Outlined icon `dot`.
pub const DOT: &str = "\u{ecde}";
/// Outlined icon `dot-outline`.
pub const DOT_OUTLINE: &str = "\u{ece0}";
/// Outlined icon `dots-six-vertical`.
pub const DOTS_SIX_VERTICAL: &str = "\u{eae2}";
/// Outlined icon `dots-three`.
pub const DOTS_THREE: &str = "\u{e1fe}";
/// Outlined icon `dots-three-vertical`.
pub const DOTS_THREE_VERTICAL: &str = "\u{e208}";
/// Outlined icon `download`.
pub const DOWNLOAD: &str = "\u{e20a}";
/// Outlined icon `download-simple`.
pub const DOWNLOAD_SIMPLE: &str = "\u{e20c}";
/// Outlined icon `drop`.
pub const DROP: &str = "\u{e210}";
/// Outlined icon `equals`.
pub const EQUALS: &str = "\u{e21c}";
/// Outlined icon `eraser`.
pub const ERASER: &str = "\u{e21e}";
/// Outlined icon `export`.
pub const EXPORT: &str = "\u{eaf0}";
/// Outlined icon `eye`.
pub const EYE: &str = "\u{e220}";
/// Outlined icon `eye-slash`.
pub const EYE_SLASH: &str = "\u{e224}";
/// Outlined icon `fast-forward`.
pub const FAST_FORWARD: &str = "\u{e6a6}";
/// Outlined icon `file`.
pub const FILE: &str = "\u{e230}";
/// Outlined icon `file-arrow-down`.
pub const FILE_ARROW_DOWN: &str = "\u{e232}";
/// Outlined icon `file-code`.
pub const FILE_CODE: &str = "\u{e914}";
/// Outlined icon `file-plus`.
pub const FILE_PLUS: &str = "\u{e236}";
/// Outlined icon `file-text`.
pub const FILE_TEXT: &str = "\u{e23a}";
/// Outlined icon `files`.
pub const FILES: &str = "\u{e710}";
/// Outlined icon `flag`.
pub const FLAG: &str = "\u{e244}";
/// Outlined icon `flag-checkered`.
pub const FLAG_CHECKERED: &str = "\u{ea38}";
/// Outlined icon `flame`.
pub const FLAME: &str = "\u{e624}";
/// Outlined icon `flask`.
pub const FLASK: &str = "\u{e79e}";
/// Outlined icon `floppy-disk`.
pub const FLOPPY_DISK: &str = "\u{e248}";
/// Outlined icon `flow-arrow`.
pub const FLOW_ARROW: &str = "\u{e6ec}";
/// Outlined icon `folder`.
pub const FOLDER: &str = "\u{e24a}";
/// Outlined icon `folder-open`.
pub const FOLDER_OPEN: &str = "\u{e256}";
/// Outlined icon `function`.
pub const FUNCTION: &str = "\u{ebe4}";
/// Outlined icon `funnel`.
pub const FUNNEL: &str = "\u{e266}";
/// Outlined icon `funnel-simple`.
pub const FUNNEL_SIMPLE: &str = "\u{e268}";
/// Outlined icon `gauge`.
pub const GAUGE: &str = "\u{e628}";
/// Outlined icon `gear`.
pub const GEAR: &str = "\u{e270}";
/// Outlined icon `gear-six`.
pub const GEAR_SIX: &str = "\u{e272}";
/// Outlined icon `git-branch`.
pub const GIT_BRANCH: &str = "\u{e278}";
/// Outlined icon `git-diff`.
pub const GIT_DIFF: &str = "\u{e27c}";
/// Outlined icon `globe`.
pub const GLOBE: &str = "\u{e288}";
/// Outlined icon `graduation-cap`.
pub const GRADUATION_CAP: &str = "\u{e62c}";
/// Outlined icon `graph`.
pub const GRAPH: &str = "\u{eb58}";
/// Outlined icon `grid-four`.
pub const GRID_FOUR: &str = "\u{e296}";
/// Outlined icon `hammer`.
pub const HAMMER: &str = "\u{e80e}";
/// Outlined icon `hand`.
pub const HAND: &str = "\u{e298}";
/// Outlined icon `hand-palm`.
pub const HAND_PALM: &str = "\u{e57e}";
/// Outlined icon `hand-pointing`.
pub const HAND_POINTING: &str = "\u{e29a}";
/// Outlined icon `hard-drive`.
pub const HARD_DRIVE: &str = "\u{e29e}";
/// Outlined icon `hard-drives`.
pub const HARD_DRIVES: &str = "\u{e2a0}";
/// Outlined icon `hash`.
pub const HASH: &str = "\u{e2a2}";
/// Outlined icon `hourglass`.
pub const HOURGLASS: &str = "\u{e2b2}";
/// Outlined icon `hourglass-medium`.
pub const HOURGLASS_MEDIUM: &str = "\u{e2b8}";
/// Outlined icon `house`.
pub const HOUSE: &str = "\u{e2c2}";
/// Outlined icon `image`.
pub const IMAGE: &str = "\u{e2ca}";
/// Outlined icon `infinity`.
pub const INFINITY: &str = "\u{e634}";
/// Outlined icon `info`.
pub const INFO: &str = "\u{e2ce}";
/// Outlined icon `keyboard`.
pub const KEYBOARD: &str = "\u{e2d8}";
/// Outlined icon `layout`.
pub const LAYOUT: &str = "\u{e6d6}";
/// Outlined icon `lightbulb`.
pub const LIGHTBULB: &str = "\u{e2dc}";
/// Outlined icon `lightning`.
pub const LIGHTNING: &str = "\u{e2de}";
/// Outlined icon `link`.
pub const LINK: &str = "\u{e2e2}";
/// Outlined icon `link-break`.
pub const LINK_BREAK: &str = "\u{e2e4}";
/// Outlined icon `link-simple`.
pub const LINK_SIMPLE: &str = "\u{e2e6}";
/// Outlined icon `list`.
pub const LIST: &str = "\u{e2f0}";
/// Outlined icon `list-bullets`.
pub const LIST_BULLETS: &str = "\u{e2f2}";
/// Outlined icon `list-numbers`.
pub const LIST_NUMBERS: &str = "\u{e2f6}";
/// Outlined icon `lock`.
pub const LOCK: &str = "\u{e2fa}";
/// Outlined icon `lock-open`.
pub const LOCK_OPEN: &str = "\u{e306}";
/// Outlined icon `lock-simple`.
pub const LOCK_SIMPLE: &str = "\u{e308}";
/// Outlined icon `magic-wand`.
pub const MAGIC_WAND: &str = "\u{e6b6}";
/// Outlined icon `magnifying-glass`.
pub const MAGNIFYING_GLASS: &str = "\u{e30c}";
/// Outlined icon `map-pin`.
pub const MAP_PIN: &str = "\u{e316}";
/// Outlined icon `map-trifold`.
pub const MAP_TRIFOLD: &str = "\u{e31a}";
/// Outlined icon `medal`.
pub const MEDAL: &str = "\u{e320}";
/// Outlined icon `memory`.
pub const MEMORY: &str = "\u{e9c4}";
/// Outlined icon `minus`.
pub const MINUS: &str = "\u{e32a}";
/// Outlined icon `monitor`.
pub const MONITOR: &str = "\u{e32e}";
/// Outlined icon `moon`.
pub const MOON: &str = "\u{e330}";
/// Outlined icon `mouse`.
pub const MOUSE: &str = "\u{e33a}";
/// Outlined icon `note`.
pub const NOTE: &str = "\u{e348}";
/// Outlined icon `note-pencil`.
pub const NOTE_PENCIL: &str = "\u{e34c}";
/// Outlined icon `number-circle-one`.
pub const NUMBER_CIRCLE_ONE: &str = "\u{e36a}";
/// Outlined icon `nut`.
pub const NUT: &str = "\u{e38c}";
/// Outlined icon `package`.
pub const PACKAGE: &str = "\u{e390}";
/// Outlined icon `palette`.
pub const PALETTE: &str = "\u{e6c8}";
/// Outlined icon `path`.
pub const PATH: &str = "\u{e39c}";
/// Outlined icon `pause`.
pub const PAUSE: &str = "\u{e39e}";
/// Outlined icon `pause-circle`.
pub const PAUSE_CIRCLE: &str = "\u{e3a0}";
/// Outlined icon `pencil`.
pub const PENCIL: &str = "\u{e3ae}";
/// Outlined icon `pencil-simple`.
pub const PENCIL_SIMPLE: &str = "\u{e3b4}";
/// Outlined icon `pencil-simple-line`.
pub const PENCIL_SIMPLE_LINE: &str = "\u{ebc6}";
/// Outlined icon `percent`.
pub const PERCENT: &str = "\u{e3b6}";
/// Outlined icon `pi`.
pub const PI: &str = "\u{ec80}";
/// Outlined icon `play`.
pub const PLAY: &str = "\u{e3d0}";
/// Outlined icon `play-circle`.
pub const PLAY_CIRCLE: &str = "\u{e3d2}";
/// Outlined icon `play-pause`.
pub const PLAY_PAUSE: &str = "\u{e8be}";
/// Outlined icon `plug`.
pub const PLUG: &str = "\u{e946}";
/// Outlined icon `plugs`.
pub const PLUGS: &str = "\u{eb56}";
/// Outlined icon `plugs-connected`.
pub const PLUGS_CONNECTED: &str = "\u{eb5a}";
/// Outlined icon `plus`.
pub const PLUS: &str = "\u{e3d4}";
/// Outlined icon `plus-minus`.
pub const PLUS_MINUS: &str = "\u{e3d8}";
/// Outlined icon `power`.
pub const POWER: &str = "\u{e3da}";
/// Outlined icon `prohibit`.
pub const PROHIBIT: &str = "\u{e3de}";
/// Outlined icon `prohibit-inset`.
pub const PROHIBIT_INSET: &str = "\u{e3e0}";
/// Outlined icon `pulse`.
pub const PULSE: &str = "\u{e000}";
/// Outlined icon `push-pin`.
pub const PUSH_PIN: &str = "\u{e3e2}";
/// Outlined icon `push-pin-simple`.
pub const PUSH_PIN_SIMPLE: &str = "\u{e65c}";
/// Outlined icon `puzzle-piece`.
pub const PUZZLE_PIECE: &str = "\u{e596}";
/// Outlined icon `question`.
pub const QUESTION: &str = "\u{e3e8}";
/// Outlined icon `record`.
pub const RECORD: &str = "\u{e3ee}";
/// Outlined icon `repeat`.
pub const REPEAT: &str = "\u{e3f6}";
/// Outlined icon `rocket`.
pub const ROCKET: &str = "\u{e3fc}";
/// Outlined icon `rocket-launch`.
pub const ROCKET_LAUNCH: &str = "\u{e3fe}";
/// Outlined icon `rows`.
pub const ROWS: &str = "\u{e5a2}";
/// Outlined icon `ruler`.
pub const RULER: &str = "\u{e6b8}";
/// Outlined icon `scales`.
pub const SCALES: &str = "\u{e750}";
/// Outlined icon `scissors`.
pub const SCISSORS: &str = "\u{eae0}";
/// Outlined icon `seal-check`.
pub const SEAL_CHECK: &str = "\u{e606}";
/// Outlined icon `selection`.
pub const SELECTION: &str = "\u{e69a}";
/// Outlined icon `selection-plus`.
pub const SELECTION_PLUS: &str = "\u{e69c}";
/// Outlined icon `share`.
pub const SHARE: &str = "\u{e406}";
/// Outlined icon `share-network`.
pub const SHARE_NETWORK: &str = "\u{e408}";
/// Outlined icon `shield`.
pub const SHIELD: &str = "\u{e40a}";
/// Outlined icon `shield-check`.
pub const SHIELD_CHECK: &str = "\u{e40c}";
/// Outlined icon `shield-warning`.
pub const SHIELD_WARNING: &str = "\u{e412}";
/// Outlined icon `shuffle`.
pub const SHUFFLE: &str = "\u{e422}";
/// Outlined icon `sidebar`.
pub const SIDEBAR: &str = "\u{eab6}";
/// Outlined icon `sidebar-simple`.
pub const SIDEBAR_SIMPLE: &str = "\u{ec24}";
/// Outlined icon `sigma`.
pub const SIGMA: &str = "\u{eab8}";
/// Outlined icon `sign-in`.
pub const SIGN_IN: &str = "\u{e428}";
/// Outlined icon `sign-out`.
pub const SIGN_OUT: &str = "\u{e42a}";
/// Outlined icon `signpost`.
pub const SIGNPOST: &str = "\u{e89c}";
/// Outlined icon `skip-back`.
pub const SKIP_BACK: &str = "\u{e5a4}";
/// Outlined icon `skip-forward`.
pub const SKIP_FORWARD: &str = "\u{e5a6}";
/// Outlined icon `sliders`.
pub const SLIDERS: &str = "\u{e432}";
/// Outlined icon `sliders-horizontal`.
pub const SLIDERS_HORIZONTAL: &str = "\u{e434}";
/// Outlined icon `smiley`.
pub const SMILEY: &str = "\u{e436}";
/// Outlined icon `sort-ascending`.
pub const SORT_ASCENDING: &str = "\u{e444}";
/// Outlined icon `sort-descending`.
pub const SORT_DESCENDING: &str = "\u{e446}";
/// Outlined icon `sparkle`.
pub const SPARKLE: &str = "\u{e6a2}";
/// Outlined icon `speedometer`.
pub const SPEEDOMETER: &str = "\u{ee74}";
/// Outlined icon `square`.
pub const SQUARE: &str = "\u{e45e}";
/// Outlined icon `square-half`.
pub const SQUARE_HALF: &str = "\u{e462}";
/// Outlined icon `squares-four`.
pub const SQUARES_FOUR: &str = "\u{e464}";
/// Outlined icon `stack`.
pub const STACK: &str = "\u{e466}";
/// Outlined icon `stairs`.
pub const STAIRS: &str = "\u{e8ec}";
/// Outlined icon `star`.
pub const STAR: &str = "\u{e46a}";
/// Outlined icon `steps`.
pub const STEPS: &str = "\u{ecbe}";
/// Outlined icon `stop`.
pub const STOP: &str = "\u{e46c}";
/// Outlined icon `stop-circle`.
pub const STOP_CIRCLE: &str = "\u{e46e}";
/// Outlined icon `sun`.
pub const SUN: &str = "\u{e472}";
/// Outlined icon `swap`.
pub const SWAP: &str = "\u{e83c}";
/// Outlined icon `table`.
pub const TABLE: &str = "\u{e476}";
/// Outlined icon `tag`.
pub const TAG: &str = "\u{e478}";
/// Outlined icon `target`.
pub const TARGET: &str = "\u{e47c}";
/// Outlined icon `terminal`.
pub const TERMINAL: &str = "\u{e47e}";
/// Outlined icon `terminal-window`.
pub const TERMINAL_WINDOW: &str = "\u{eae8}";
/// Outlined icon `test-tube`.
pub const TEST_TUBE: &str = "\u{e7a0}";
/// Outlined icon `text-aa`.
pub const TEXT_AA: &str = "\u{e6ee}";
/// Outlined icon `text-align-left`.
pub const TEXT_ALIGN_LEFT: &str = "\u{e484}";
/// Outlined icon `text-t`.
pub const TEXT_T: &str = "\u{e48a}";
/// Outlined icon `thumbs-up`.
pub const THUMBS_UP: &str = "\u{e48e}";
/// Outlined icon `timer`.
pub const TIMER: &str = "\u{e492}";
/// Outlined icon `toolbox`.
pub const TOOLBOX: &str = "\u{eca0}";
/// Outlined icon `traffic-sign`.
pub const TRAFFIC_SIGN: &str = "\u{e67a}";
/// Outlined icon `translate`.
pub const TRANSLATE: &str = "\u{e4a2}";
/// Outlined icon `trash`.
pub const TRASH: &str = "\u{e4a6}";
/// Outlined icon `trash-simple`.
pub const TRASH_SIMPLE: &str = "\u{e4a8}";
/// Outlined icon `tray`.
pub const TRAY: &str = "\u{e4aa}";
/// Outlined icon `tree`.
pub const TREE: &str = "\u{e6da}";
/// Outlined icon `tree-structure`.
pub const TREE_STRUCTURE: &str = "\u{e67c}";
/// Outlined icon `tree-view`.
pub const TREE_VIEW: &str = "\u{ee48}";
/// Outlined icon `upload-simple`.
pub const UPLOAD_SIMPLE: &str = "\u{e4c0}";
/// Outlined icon `user`.
pub const USER: &str = "\u{e4c2}";
/// Outlined icon `users`.
pub const USERS: &str = "\u{e4d6}";
/// Outlined icon `warning`.
pub const WARNING: &str = "\u{e4e0}";
/// Outlined icon `warning-circle`.
pub const WARNING_CIRCLE: &str = "\u{e4e2}";
/// Outlined icon `warning-octagon`.
pub const WARNING_OCTAGON: &str = "\u{e4e4}";
/// Outlined icon `wave-sine`.
pub const WAVE_SINE: &str = "\u{ea9a}";
/// Outlined icon `waveform`.
pub const WAVEFORM: &str = "\u{e802}";
/// Outlined icon `wrench`.
pub const WRENCH: &str = "\u{e5d4}";
/// Outlined icon `x`.
pub const X: &str = "\u{e4f6}";
/// Outlined icon `x-circle`.
pub const X_CIRCLE: &str = "\u{e4f8}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filled_icon_is_one_sign_in_the_private_plane() {
        assert_eq!(filled(PLAY).chars().count(), 1);
        assert!(filled(PLAY).chars().all(|sign| u32::from(sign) >= 0xF_0000));
    }
}
