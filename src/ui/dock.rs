//! Where the panes are docked: dragged, split, closed, opened again, and kept from one start to the next.
//!
//! Knows panes by their kind only; what is in them is the business of `panes`.

use egui::{Color32, Id, Response, Role, Sense, Stroke, Style, Ui, Visuals, WidgetInfo, WidgetText, vec2};
use egui_tiles::{
    Behavior, Container, EditAction, Linear, LinearDir, ResizeState, SimplificationOptions, TabState, Tabs,
    Tile, TileId, Tiles, Tree, UiResponse,
};
use serde::{Deserialize, Serialize};

use super::panes::{self, PaneViews};
use super::theme::{self, space};
use super::widgets::{keep_in_view, paint_tab_ground};
use crate::app::{Action, AppState, PaneKind, ViewAction};

/// Space on both sides of a tab's title, where there is room and where there is little.
const PADDING: f32 = space::L;
const LEAST_PADDING: f32 = 7.0;

/// The docked panes.
pub(super) struct Dock {
    tree: Tree<PaneKind>,
}

/// A layout as it is kept, with panes by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Layout {
    Pane(String),
    Tabs { children: Vec<Layout>, active: usize },
    Row { children: Vec<(f32, Layout)> },
    Column { children: Vec<(f32, Layout)> },
}

impl Dock {
    /// Docks the panes as they are at first.
    pub(super) fn new() -> Self {
        Self { tree: tree_of(&default_layout()).unwrap_or_else(|| Tree::empty(Id::unique("dock"))) }
    }

    /// Docks the panes as they were; panes that are unknown are left out.
    ///
    /// # Errors
    ///
    /// Returns a sentence when the text is no layout.
    pub(super) fn from_text(text: &str) -> Result<Self, String> {
        let layout: Layout = serde_json::from_str(text).map_err(|err| err.to_string())?;
        let tree = tree_of(&layout).ok_or("no known pane is in it")?;
        Ok(Self { tree })
    }

    /// Writes how the panes are docked.
    pub(super) fn to_text(&self) -> String {
        let layout = self.tree.root().and_then(|root| layout_of(&self.tree.tiles, root));
        layout.and_then(|layout| serde_json::to_string(&layout).ok()).unwrap_or_default()
    }

    pub(super) fn is_open(&self, pane: PaneKind) -> bool {
        self.tree.tiles.find_pane(&pane).is_some()
    }

    /// Brings a pane to the front, and opens it beside its neighbours of old if it was closed.
    pub(super) fn show(&mut self, pane: PaneKind) {
        if !self.is_open(pane) {
            self.open(pane);
        }
        self.tree.make_active(|_, tile| matches!(tile, Tile::Pane(kind) if *kind == pane));
    }

    /// Closes a pane that is in front, and shows any other.
    pub(super) fn toggle(&mut self, pane: PaneKind) {
        let open = self.tree.tiles.find_pane(&pane);
        match open.filter(|id| self.tree.active_tiles().contains(id)) {
            Some(id) => {
                self.tree.remove_recursively(id);
            }
            None => self.show(pane),
        }
    }

    /// Shows the panes over all the space that is left.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        views: &mut PaneViews,
        actions: &mut Vec<Action>,
    ) {
        let mut behavior =
            DockBehavior { state, views, actions, is_edited: false, tabs_in_bar: 0, padding: PADDING };
        self.tree.ui(&mut behavior, ui);
        if behavior.is_edited {
            actions.push(Action::View(ViewAction::KeepLayout(self.to_text())));
        }
        let memory = self.tree.tiles.find_pane(&PaneKind::Memory);
        if !memory.is_some_and(|id| self.tree.active_tiles().contains(&id)) {
            PaneViews::hide_memory(state, actions);
        }
    }

    fn open(&mut self, pane: PaneKind) {
        let id = self.tree.tiles.insert_pane(pane);
        let neighbours = neighbours(pane).iter().filter_map(|other| self.tree.tiles.find_pane(other));
        let parent = neighbours.into_iter().find_map(|other| self.tree.tiles.parent_of(other));
        let Some(parent) = parent.or_else(|| self.tree.root()) else {
            self.tree = Tree::new(Id::unique("dock"), id, std::mem::take(&mut self.tree.tiles));
            return;
        };
        match self.tree.tiles.get_mut(parent) {
            Some(Tile::Container(container)) => container.add_child(id),
            _ => self.tree.move_tile_to_container(id, parent, usize::MAX, false),
        }
    }
}

/// Lists the panes that a pane is opened beside, the nearest first.
fn neighbours(pane: PaneKind) -> &'static [PaneKind] {
    use PaneKind as P;
    match pane {
        P::Plugins | P::Samples | P::Outline => &[P::Samples, P::Plugins],
        P::Source | P::Problems => &[P::Source, P::Problems],
        P::Runtime | P::Settings => &[P::Timing, P::Calls, P::Events, P::Memory, P::Problems],
        P::Exports | P::Call | P::Limits => &[P::Call, P::Exports, P::Limits],
        P::Timing | P::Memory | P::Calls | P::Events | P::Sizes | P::Prices | P::Operators => {
            &[P::Timing, P::Memory, P::Calls, P::Events, P::Sizes, P::Prices, P::Problems]
        }
    }
}

fn default_layout() -> Layout {
    let pane = |kind: PaneKind| Layout::Pane(kind.name().to_owned());
    let tabs = |kinds: &[PaneKind]| Layout::Tabs {
        children: kinds.iter().map(|kind| pane(*kind)).collect(),
        active: 0,
    };
    let one = |share: f32, kind: PaneKind| (share, tabs(&[kind]));
    Layout::Row {
        children: vec![
            (
                232.0,
                Layout::Column {
                    children: vec![
                        one(32.0, PaneKind::Plugins),
                        (68.0, tabs(&[PaneKind::Samples, PaneKind::Outline])),
                    ],
                },
            ),
            (
                836.0,
                Layout::Column {
                    children: vec![
                        one(47.0, PaneKind::Source),
                        one(10.5, PaneKind::Problems),
                        (
                            42.5,
                            tabs(&[
                                PaneKind::Timing,
                                PaneKind::Memory,
                                PaneKind::Calls,
                                PaneKind::Events,
                                PaneKind::Sizes,
                            ]),
                        ),
                    ],
                },
            ),
            (
                372.0,
                Layout::Column {
                    children: vec![
                        one(18.0, PaneKind::Exports),
                        one(42.5, PaneKind::Call),
                        one(39.5, PaneKind::Limits),
                    ],
                },
            ),
        ],
    }
}

fn tree_of(layout: &Layout) -> Option<Tree<PaneKind>> {
    let mut tiles = Tiles::default();
    let mut seen = Vec::new();
    let root = insert(&mut tiles, layout, &mut seen)?;
    Some(Tree::new(Id::unique("dock"), root, tiles))
}

fn insert(tiles: &mut Tiles<PaneKind>, layout: &Layout, seen: &mut Vec<PaneKind>) -> Option<TileId> {
    match layout {
        Layout::Pane(name) => {
            let pane = PaneKind::from_name(name).filter(|pane| !seen.contains(pane))?;
            seen.push(pane);
            Some(tiles.insert_pane(pane))
        }
        Layout::Tabs { children, active } => {
            let children = children.iter().map(|child| insert(tiles, child, seen)).collect::<Vec<_>>();
            let front = children.get(*active).copied().flatten();
            let children = children.into_iter().flatten().collect::<Vec<_>>();
            let mut tabs = Tabs::new(children.clone());
            tabs.set_active(front.or_else(|| children.first().copied())?);
            Some(tiles.insert_container(Container::Tabs(tabs)))
        }
        Layout::Row { children } => insert_linear(tiles, LinearDir::Horizontal, children, seen),
        Layout::Column { children } => insert_linear(tiles, LinearDir::Vertical, children, seen),
    }
}

fn insert_linear(
    tiles: &mut Tiles<PaneKind>,
    dir: LinearDir,
    children: &[(f32, Layout)],
    seen: &mut Vec<PaneKind>,
) -> Option<TileId> {
    let mut linear = Linear::new(dir, Vec::new());
    for (share, child) in children {
        if let Some(id) = insert(tiles, child, seen) {
            linear.add_child(id);
            linear.shares.set_share(id, if share.is_finite() { share.clamp(0.01, 10_000.0) } else { 1.0 });
        }
    }
    (!linear.children.is_empty()).then(|| tiles.insert_container(Container::Linear(linear)))
}

/// Describes a tile; a container that has lost all its panes is left out.
fn layout_of(tiles: &Tiles<PaneKind>, id: TileId) -> Option<Layout> {
    let container = match tiles.get(id)? {
        Tile::Pane(pane) => return Some(Layout::Pane(pane.name().to_owned())),
        Tile::Container(container) => container,
    };
    let kept = container
        .children()
        .filter_map(|child| Some((*child, layout_of(tiles, *child)?)))
        .collect::<Vec<_>>();
    if kept.is_empty() {
        return None;
    }
    Some(match container {
        Container::Tabs(tabs) => Layout::Tabs {
            active: kept.iter().position(|(child, _)| tabs.is_active(*child)).unwrap_or(0),
            children: kept.into_iter().map(|(_, layout)| layout).collect(),
        },
        Container::Linear(linear) => {
            let children = kept.into_iter().map(|(child, layout)| (linear.shares[child], layout)).collect();
            match linear.dir {
                LinearDir::Horizontal => Layout::Row { children },
                LinearDir::Vertical => Layout::Column { children },
            }
        }
        Container::Grid(_) => {
            Layout::Row { children: kept.into_iter().map(|(_, layout)| (1.0, layout)).collect() }
        }
    })
}

struct DockBehavior<'a> {
    state: &'a AppState,
    views: &'a mut PaneViews,
    actions: &'a mut Vec<Action>,
    is_edited: bool,
    // Tabs of the bar that is being shown, and the space on both sides of their titles.
    tabs_in_bar: usize,
    padding: f32,
}

impl DockBehavior<'_> {
    fn title(tiles: &Tiles<PaneKind>, tile_id: TileId) -> &'static str {
        tiles.get_pane(&tile_id).map_or("Panes", |pane| pane.title())
    }

    /// Returns what stands beside the title of a tab, such as the number of problems.
    fn count(&self, tiles: &Tiles<PaneKind>, tile_id: TileId) -> Option<usize> {
        tiles.get_pane(&tile_id).and_then(|pane| panes::count(*pane, self.state))
    }
}

impl Behavior<PaneKind> for DockBehavior<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _tile_id: TileId, pane: &mut PaneKind) -> UiResponse {
        ui.painter().rect_filled(ui.max_rect(), 0.0, theme::tokens(ui).pane);
        panes::pane_ui(*pane, ui, self.state, self.views, self.actions);
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &PaneKind) -> WidgetText {
        pane.title().into()
    }

    fn tab_ui(
        &mut self,
        tiles: &mut Tiles<PaneKind>,
        ui: &mut Ui,
        id: Id,
        tile_id: TileId,
        tab: &TabState,
    ) -> Response {
        let title = Self::title(tiles, tile_id);
        let count = self.count(tiles, tile_id);
        let padding = if self.tabs_in_bar <= 1 { None } else { Some(self.padding) };
        let response = paint_tab(ui, id, (title, count), tab, padding);
        keep_in_view(ui, &response, tab.active);
        response.context_menu(|ui| {
            if ui.button("Close pane").clicked() {
                tiles.remove(tile_id);
                self.is_edited = true;
            }
        });
        if response.middle_clicked() {
            tiles.remove(tile_id);
            self.is_edited = true;
        }
        response
    }

    fn tab_bar_left_ui(&mut self, tiles: &Tiles<PaneKind>, ui: &mut Ui, _tile_id: TileId, tabs: &Tabs) {
        // The bar's tabs are shown right after this, while their container is out of the tree.
        self.tabs_in_bar = tabs.children.len();
        // Where there is little room the titles move together, before any of them would be cut.
        let widths = tabs.children.iter().map(|tab| {
            let (title, count) = (Self::title(tiles, *tab), self.count(tiles, *tab));
            let font = theme::body_font(theme::STRONG);
            let title = ui.painter().layout_no_wrap(title.to_owned(), font.clone(), Color32::WHITE);
            let count =
                count.map(|count| ui.painter().layout_no_wrap(count.to_string(), font, Color32::WHITE));
            title.size().x + count.map_or(0.0, |count| count.size().x + space::S)
        });
        #[allow(clippy::cast_precision_loss, reason = "a handful of tabs")]
        let sides = 2.0 * self.tabs_in_bar.max(1) as f32;
        let room = ui.available_width() - widths.sum::<f32>();
        self.padding = (room / sides).floor().clamp(LEAST_PADDING, PADDING);
    }

    fn tab_bar_trailing_ui(&mut self, tiles: &Tiles<PaneKind>, ui: &mut Ui, _tile_id: TileId, tabs: &Tabs) {
        if let Some(pane) = tabs.active.and_then(|active| tiles.get_pane(&active)) {
            panes::bar_ui(*pane, ui, self.state, self.views, self.actions);
        }
    }

    fn top_bar_right_ui(
        &mut self,
        tiles: &Tiles<PaneKind>,
        ui: &mut Ui,
        _tile_id: TileId,
        tabs: &Tabs,
        _scroll_offset: &mut f32,
    ) {
        if let Some(pane) = tabs.active.and_then(|active| tiles.get_pane(&active)) {
            ui.add_space(space::S);
            panes::bar_right_ui(*pane, ui, self.state, self.views, self.actions);
        }
    }

    fn tab_bar_height(&self, _style: &Style) -> f32 {
        space::TABS
    }

    fn tab_bar_color(&self, visuals: &Visuals) -> Color32 {
        theme::tokens_of(visuals.dark_mode).app_background
    }

    fn tab_bar_hline_stroke(&self, visuals: &Visuals) -> Stroke {
        Stroke::new(1.0, theme::tokens_of(visuals.dark_mode).border)
    }

    fn resize_stroke(&self, style: &Style, resize_state: ResizeState) -> Stroke {
        let tokens = theme::tokens_of(style.visuals.dark_mode);
        match resize_state {
            ResizeState::Idle => Stroke::new(1.0, tokens.border),
            ResizeState::Hovering => Stroke::new(1.0, tokens.border_strong),
            ResizeState::Dragging => Stroke::new(2.0, tokens.accent),
        }
    }

    fn min_size(&self) -> f32 {
        space::TABS * 2.0
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions { all_panes_must_have_tabs: true, ..SimplificationOptions::default() }
    }

    fn cycle_tabs_with_keyboard(&self) -> bool {
        // Ctrl+Tab cycles the sources.
        false
    }

    fn on_edit(&mut self, _edit_action: EditAction) {
        self.is_edited = true;
    }
}

/// Paints a tab with space on both sides of its title; one without, alone in its bar, is a quiet title in small
/// capitals.
fn paint_tab(
    ui: &mut Ui,
    id: Id,
    (title, count): (&str, Option<usize>),
    tab: &TabState,
    padding: Option<f32>,
) -> Response {
    let tokens = theme::tokens(ui);
    let is_alone = padding.is_none();
    let (text, font) = if is_alone {
        (title.to_uppercase(), theme::strong_font(theme::CAPTION))
    } else {
        (title.to_owned(), theme::body_font(theme::STRONG))
    };
    let colour = if tab.active && !is_alone { tokens.text } else { tokens.text_muted };
    let galley = ui.painter().layout_no_wrap(text, font.clone(), colour);
    let badge = count.map(|count| ui.painter().layout_no_wrap(count.to_string(), font, tokens.error));
    let badge_width = badge.as_ref().map_or(0.0, |badge| badge.size().x + space::S);
    let padding = padding.unwrap_or(space::M);
    let width = galley.size().x + badge_width + 2.0 * padding;
    let (_, rect) = ui.allocate_space(vec2(width, ui.available_height()));
    let response = ui.interact(rect, id, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, ui.is_enabled(), tab.active, title));
    if ui.is_rect_visible(rect) && !tab.is_being_dragged {
        if !is_alone {
            paint_tab_ground(ui, rect, tab.active, response.hovered());
        }
        let text_rect =
            egui::Align2::LEFT_CENTER.align_size_within_rect(galley.size(), rect.shrink2(vec2(padding, 0.0)));
        let right = text_rect.right();
        ui.painter().galley(text_rect.min, galley, colour);
        if let Some(badge) = badge {
            ui.painter().galley(egui::pos2(right + space::S, text_rect.top()), badge, tokens.error);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_comes_back_as_it_was() {
        let mut dock = Dock::new();
        dock.toggle(PaneKind::Problems);
        dock.show(PaneKind::Memory);
        let again = Dock::from_text(&dock.to_text()).expect("it was just written");
        assert_eq!(again.to_text(), dock.to_text());
        assert!(!again.is_open(PaneKind::Problems) && again.is_open(PaneKind::Memory));
    }

    #[test]
    fn the_default_layout_holds_what_is_looked_at_daily_and_closed_panes_come_back() {
        let mut dock = Dock::new();
        for pane in PaneKind::ALL {
            use PaneKind as P;
            let is_rare = matches!(pane, P::Prices | P::Operators | P::Runtime | P::Settings);
            assert_eq!(dock.is_open(pane), !is_rare, "{pane:?}");
        }
        for pane in PaneKind::ALL {
            if let Some(id) = dock.tree.tiles.find_pane(&pane) {
                dock.tree.remove_recursively(id);
            }
            assert!(!dock.is_open(pane), "{pane:?}");
        }
        for pane in PaneKind::ALL {
            dock.show(pane);
            assert!(dock.is_open(pane), "{pane:?}");
        }
        assert_eq!(
            dock.tree.tiles.tiles().filter(|tile| matches!(tile, Tile::Pane(_))).count(),
            PaneKind::ALL.len()
        );
    }

    #[test]
    fn unknown_and_doubled_panes_are_left_out_and_nonsense_is_refused() {
        let text =
            r#"{"row":{"children":[[1.0,{"pane":"call"}],[2.0,{"pane":"call"}],[1.0,{"pane":"toaster"}]]}}"#;
        let dock = Dock::from_text(text).expect("it is a layout");
        assert!(dock.is_open(PaneKind::Call));
        assert_eq!(dock.to_text().matches("call").count(), 1);
        for text in ["", "{}", r#"{"pane":"toaster"}"#, r#"{"tabs":{"children":[],"active":3}}"#] {
            assert!(Dock::from_text(text).is_err(), "{text}");
        }
    }
}
