//! How egui's own widgets wear the tokens.
//!
//! Knows no widgets of ours; those dress themselves.

use egui::style::{
    HandleShape, ScrollFadeStyle, ScrollStyle, Selection, Spacing, TextCursorStyle, WidgetVisuals, Widgets,
};
use egui::{CornerRadius, FontId, Margin, Shadow, Stroke, Style, TextStyle, Visuals, epaint::Color32, vec2};

use super::tokens::Tokens;
use super::{fonts, space};

/// Returns the whole style of one face.
pub(super) fn style(tokens: &Tokens, dark: bool) -> Style {
    let mut style = Style {
        text_styles: [
            (TextStyle::Small, FontId::proportional(fonts::CAPTION)),
            (TextStyle::Body, FontId::proportional(fonts::STRONG)),
            (TextStyle::Button, FontId::proportional(fonts::STRONG)),
            (TextStyle::Heading, FontId::new(fonts::TITLE, fonts::strong_family())),
            (TextStyle::Monospace, FontId::monospace(fonts::STRONG)),
        ]
        .into(),
        spacing: spacing(),
        visuals: visuals(tokens, dark),
        animation_time: 0.1,
        // Lists scroll where they are told to; a smooth ride would repaint for nothing.
        scroll_animation: egui::style::ScrollAnimation::none(),
        ..Style::default()
    };
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    style
}

fn spacing() -> Spacing {
    Spacing {
        item_spacing: vec2(space::S, space::XS),
        window_margin: Margin::same(12),
        menu_margin: Margin::symmetric(8, 6),
        button_padding: vec2(10.0, 4.0),
        indent: space::L,
        interact_size: vec2(space::ROW, space::ROW),
        slider_rail_height: space::XS,
        combo_width: 96.0,
        text_edit_width: 200.0,
        icon_width: 16.0,
        icon_width_inner: 8.0,
        icon_spacing: 6.0,
        tooltip_width: 420.0,
        menu_width: 320.0,
        combo_height: 280.0,
        scroll: scroll(),
        ..Spacing::default()
    }
}

/// Thin bars that own their strip of the pane, so that nothing lies under them.
fn scroll() -> ScrollStyle {
    ScrollStyle {
        floating: true,
        floating_allocated_width: 10.0,
        floating_width: 6.0,
        bar_width: 8.0,
        bar_inner_margin: 2.0,
        bar_outer_margin: 2.0,
        handle_min_length: 24.0,
        foreground_color: true,
        dormant_background_opacity: 0.0,
        active_background_opacity: 0.0,
        interact_background_opacity: 0.0,
        dormant_handle_opacity: 0.16,
        active_handle_opacity: 0.24,
        interact_handle_opacity: 0.4,
        fade: ScrollFadeStyle { strength: 0.0, ..ScrollFadeStyle::default() },
        ..ScrollStyle::floating()
    }
}

fn visuals(tokens: &Tokens, dark: bool) -> Visuals {
    let quiet = Shadow { offset: [0, 4], blur: 16, spread: 0, color: tokens.shadow };
    let radius = CornerRadius::same(space::RADIUS);
    Visuals {
        dark_mode: dark,
        override_text_color: None,
        weak_text_color: Some(tokens.text_muted),
        widgets: widgets(tokens),
        selection: Selection { bg_fill: tokens.text_selection, stroke: Stroke::new(1.0, tokens.accent_text) },
        hyperlink_color: tokens.accent_text,
        faint_bg_color: tokens.row_hover,
        extreme_bg_color: tokens.app_background,
        text_edit_bg_color: Some(tokens.app_background),
        code_bg_color: tokens.raised,
        warn_fg_color: tokens.warning,
        error_fg_color: tokens.error,
        window_corner_radius: radius,
        window_shadow: quiet,
        window_fill: tokens.raised,
        window_stroke: Stroke::new(1.0, tokens.border),
        window_highlight_topmost: false,
        menu_corner_radius: radius,
        panel_fill: tokens.pane,
        popup_shadow: quiet,
        text_cursor: TextCursorStyle {
            stroke: Stroke::new(1.5, tokens.accent),
            blink: false,
            ..TextCursorStyle::default()
        },
        indent_has_left_vline: false,
        slider_trailing_fill: true,
        handle_shape: HandleShape::Circle,
        disabled_alpha: 0.45,
        ..if dark { Visuals::dark() } else { Visuals::light() }
    }
}

fn widgets(tokens: &Tokens) -> Widgets {
    let state = |weak_bg_fill: Color32, bg_fill: Color32, border: Color32, text: Color32| WidgetVisuals {
        weak_bg_fill,
        bg_fill,
        bg_stroke: Stroke::new(1.0, border),
        fg_stroke: Stroke::new(1.0, text),
        corner_radius: CornerRadius::same(space::RADIUS),
        expansion: 0.0,
    };
    Widgets {
        noninteractive: state(tokens.pane, tokens.pane, tokens.border, tokens.text),
        inactive: state(tokens.raised, tokens.app_background, tokens.border, tokens.text),
        hovered: state(tokens.raised_hover, tokens.raised_hover, tokens.border_strong, tokens.text),
        active: state(tokens.raised_hover, tokens.raised_hover, tokens.accent, tokens.text),
        open: state(tokens.raised_hover, tokens.raised_hover, tokens.border_strong, tokens.text),
    }
}
