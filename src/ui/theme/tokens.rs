//! The two palettes, token by token.
//!
//! Knows nothing of where a token is used; each says what it means.
#![allow(clippy::disallowed_methods, reason = "this is the one place where colours are made")]

use egui::Color32;

/// The colours of one face of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tokens {
    /// Ground of the window, of fields and of rows of tabs.
    pub app_background: Color32,
    /// Ground of panes and of the editor.
    pub pane: Color32,
    /// Ground of buttons, chips, cards and menus.
    pub raised: Color32,
    /// Ground of a button under the pointer.
    pub raised_hover: Color32,
    /// Ground of a row under the pointer, and of the line with the cursor.
    pub row_hover: Color32,
    /// Lines between panes and around controls.
    pub border: Color32,
    /// Line around a control under the pointer, and scroll bars.
    pub border_strong: Color32,
    /// Text.
    pub text: Color32,
    /// Text that comes second: units, hints, captions.
    pub text_muted: Color32,
    /// Text that comes last: line numbers, what is switched off.
    pub text_faint: Color32,
    /// The one accent.
    pub accent: Color32,
    /// The accent under the pointer.
    pub accent_hover: Color32,
    /// Text on a ground of soft accent.
    pub accent_text: Color32,
    /// Text on a ground of full accent.
    pub on_accent: Color32,
    /// Ground that hints at the accent.
    pub accent_soft: Color32,
    /// Ground of the selected row.
    pub selection: Color32,
    /// Ground of selected text.
    pub text_selection: Color32,
    /// It went well.
    pub ok: Color32,
    /// It went on, but somebody should know.
    pub warning: Color32,
    /// It failed, or it is at its limit.
    pub error: Color32,
    /// It runs, or it merely informs.
    pub info: Color32,
    /// Instructions in code.
    pub keyword: Color32,
    /// Types in code.
    pub type_: Color32,
    /// Numbers in code.
    pub number: Color32,
    /// Identifiers in code, such as `$fib`.
    pub name: Color32,
    /// Strings in code.
    pub string: Color32,
    /// Comments in code.
    pub comment: Color32,
    /// Shade under what floats above the window.
    pub shadow: Color32,
}

/// Light text on dark ground.
pub static DARK: Tokens = Tokens {
    app_background: hex(0x0f_1216),
    pane: hex(0x15_1a20),
    raised: hex(0x1c_232b),
    raised_hover: hex(0x24_2d37),
    row_hover: hex(0x1b_2129),
    border: hex(0x26_2f39),
    border_strong: hex(0x36_424f),
    text: hex(0xd9_e0e8),
    text_muted: hex(0x8c_98a6),
    text_faint: hex(0x57_626f),
    accent: hex(0x8b_7bff),
    accent_hover: hex(0x9b_8dff),
    accent_text: hex(0xb9_aeff),
    on_accent: hex(0xff_ffff),
    accent_soft: hex(0x26_2145),
    selection: hex(0x23_293a),
    text_selection: hex(0x37_3270),
    ok: hex(0x4c_c38a),
    warning: hex(0xf0_b849),
    error: hex(0xff_6b6b),
    info: hex(0x5b_a7ff),
    keyword: hex(0xc7_92ea),
    type_: hex(0x5c_cfe6),
    number: hex(0xf7_8c6c),
    name: hex(0x82_aaff),
    string: hex(0xa5_d6a7),
    comment: hex(0x5c_6773),
    shadow: Color32::from_black_alpha(80),
};

/// Dark text on light ground.
pub static LIGHT: Tokens = Tokens {
    app_background: hex(0xee_f0f3),
    pane: hex(0xff_ffff),
    raised: hex(0xf4_f5f8),
    raised_hover: hex(0xe9_ebf0),
    row_hover: hex(0xf4_f5f8),
    border: hex(0xd9_dee5),
    border_strong: hex(0xbb_c3cd),
    text: hex(0x1d_242c),
    text_muted: hex(0x5c_6875),
    text_faint: hex(0x9a_a5b1),
    accent: hex(0x65_4ff0),
    accent_hover: hex(0x54_3ddf),
    accent_text: hex(0x4b_36d2),
    on_accent: hex(0xff_ffff),
    accent_soft: hex(0xe9_e5ff),
    selection: hex(0xeb_e9fd),
    text_selection: hex(0xd5_cdff),
    ok: hex(0x1a_8f5a),
    warning: hex(0xa6_6a00),
    error: hex(0xc9_2a3a),
    info: hex(0x1f_6fd6),
    keyword: hex(0x8a_2fb8),
    type_: hex(0x0b_7a91),
    number: hex(0xb4_501c),
    name: hex(0x24_56c5),
    string: hex(0x2c_7a34),
    comment: hex(0x8a_94a0),
    shadow: Color32::from_black_alpha(28),
};

/// Reads a colour as it is written everywhere else, `0xRRGGBB`.
const fn hex(rgb: u32) -> Color32 {
    let [_, r, g, b] = rgb.to_be_bytes();
    Color32::from_rgb(r, g, b)
}
