//! What is known of a session: who, in which language and look, what was said last.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::Arc;

use crate::app::action::Context;
use crate::app::cx::Notice;
use crate::app::event::Ticket;
use crate::app::good_news::Heard;
use crate::app::guide::Guide;
use crate::app::keymap::Keymap;
use crate::app::lock::Locking;
use crate::app::past::Past;
use crate::app::point::Hits;
use crate::app::reach::Deed;
use crate::app::trouble::Troubles;
use crate::app::whisper::Whispers;
use crate::domain::id::{IdMaker, TaskId, UserId, WriteId};
use crate::domain::origin::Origin;
use crate::domain::time::{Timestamp, Zone};
use crate::input::Size;
use crate::playbook::Playbook;
use crate::store::query::{GapLine, Me};
use crate::text::{Lang, Text, Words};
use crate::theme::Theme;

/// One session's own state; sessions share nothing but the store.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who is signed in, once that is known.
    pub me: Option<Me>,
    /// Where its changes come from.
    pub from: Origin,
    /// Words of the session's language.
    pub words: Arc<Words>,
    /// The look.
    pub theme: Arc<Theme>,
    /// What keys mean.
    pub keymap: Arc<Keymap>,
    /// The terminal's size.
    pub size: Size,
    /// The time of the last event.
    pub now: Timestamp,
    /// The last thing said.
    pub notice: Option<Notice>,
    /// The gap line, kept fresh by every commit.
    pub gap: Option<GapLine>,
    /// The context of the layer that the last action was meant for: what help and palette are about.
    pub context: Context,
    /// Writes under way.
    pub pending: usize,
    /// The tasks of the writes under way: their rows are done as far as this session goes.
    pub waiting: BTreeMap<WriteId, Option<TaskId>>,
    /// Those of them that are no deed of the person's: nothing is said of them.
    pub quiet: BTreeSet<WriteId>,
    /// What this session did, for undo.
    pub past: Past,
    /// How many keys wait, once they have waited for so long that it is worth telling.
    pub ahead: Option<usize>,
    /// What is wrong outside the session and lasts.
    pub troubles: Troubles,
    /// When the screen locks by itself.
    pub locking: Locking,
    /// Whether the terminal is on another machine (copies go through it).
    pub remote: bool,
    /// Whether the mouse is ours; else the terminal's, for selecting text.
    pub mouse: bool,
    /// What stands where in the frame that was drawn last.
    pub hits: Hits,
    /// A masked number that was asked for, and what is to be done with it.
    pub reaching: Option<(Ticket, Deed)>,
    /// Whether a call is open: nothing distracts then.
    pub in_call: bool,
    /// Good news that was heard.
    pub heard: Heard,
    /// What was whispered to the person.
    pub whispers: Whispers,
    deeds: u64,
    /// What a newcomer is told to do next.
    pub guide: Guide,
    tickets: u64,
    seed: u64,
}

impl Session {
    /// A session of nobody yet. `seed` makes its write ids its own.
    pub fn new(words: Arc<Words>, theme: Arc<Theme>, keymap: Arc<Keymap>, seed: u64) -> Self {
        Self {
            me: None,
            from: Origin::Local,
            words,
            theme,
            keymap,
            size: Size::clamped(80, 24),
            now: Timestamp(0),
            notice: None,
            gap: None,
            context: Context::SignIn,
            pending: 0,
            waiting: BTreeMap::new(),
            quiet: BTreeSet::new(),
            past: Past::default(),
            ahead: None,
            troubles: Troubles::default(),
            locking: Locking::default(),
            remote: false,
            mouse: false,
            hits: Hits::default(),
            reaching: None,
            in_call: false,
            heard: Heard::default(),
            whispers: Whispers::default(),
            deeds: 0,
            guide: Guide::default(),
            tickets: 0,
            seed,
        }
    }

    /// Signs somebody in, or learns anew what is known of who is: the keys make room for the outcomes of the playbook
    /// worked by.
    pub fn enter(&mut self, me: Me) {
        let (keymap, problems) = self.keymap.beside(&me.playbook);
        if *self.keymap != keymap {
            self.keymap = Arc::new(keymap);
        }
        self.me = Some(me);
        self.tell_keys(problems.len());
    }

    /// Says that so many things in the keymap file are not as asked for.
    pub fn tell_keys(&mut self, faults: usize) {
        if faults > 0 {
            let words = self.words.fill(Text("notice.keys_faulty"), &[("n", &faults)]);
            self.notice = Some(Notice::done(words));
        }
    }

    /// Who is signed in; the id of nobody before that.
    pub fn user(&self) -> UserId {
        self.me.as_ref().map_or(UserId(0), |me| me.user.id)
    }

    /// The playbook worked by, once known.
    pub fn playbook(&self) -> Option<&Arc<Playbook>> {
        self.me.as_ref().map(|me| &me.playbook)
    }

    /// The business time zone.
    pub fn zone(&self) -> Zone {
        self.playbook().map_or(Zone::UTC, |p| p.zone)
    }

    /// Whether the session speaks Chinese.
    pub fn is_chinese(&self) -> bool {
        self.words.lang() == Lang::Zh
    }

    /// Says a sentence that names keys, such as `{accept} save · {back} cancel`, with those of a context, and with other
    /// values beside them. An action without a key shows a dash.
    pub fn keyed(&self, context: Context, text: Text, values: &[(&str, &dyn Display)]) -> String {
        let sentence = self.words.say(text);
        let named = |id: &str| sentence.contains(&format!("{{{id}}}"));
        let keys: Vec<(&str, String)> = self
            .keymap
            .of(context)
            .filter(|action| named(action.id))
            .map(|action| (action.id, self.keymap.label(context, action.act)))
            .collect();
        let own = values.iter().copied();
        let all: Vec<(&str, &dyn Display)> =
            own.chain(keys.iter().map(|(id, label)| (*id, label as &dyn Display))).collect();
        self.words.fill(text, &all)
    }

    /// Changes the language while running.
    pub fn set_language(&mut self, lang: Lang) {
        self.words = Arc::new(Words::new(lang));
    }

    /// Whether a write about this task is under way: its row is not offered again meanwhile.
    pub fn awaits(&self, task: TaskId) -> bool {
        self.waiting.values().any(|waiting| *waiting == Some(task))
    }

    /// Whether a change of this session is under way whose answer is expected at any moment.
    pub const fn is_settling(&self) -> bool {
        self.pending > 0 && self.troubles.unsaved.is_none()
    }

    /// Begins what one key does.
    pub const fn begin_deed(&mut self) {
        self.deeds += 1;
    }

    /// Notes a change as done by the key that was pressed last.
    pub fn note_deed(&mut self, change: WriteId) {
        self.past.note(self.deeds, change);
    }

    /// The next ticket.
    pub const fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    /// An id for a new write: of this instant, this session's own.
    pub fn write_id(&mut self) -> WriteId {
        // splitmix64: ids of one session differ in the low bits even within a millisecond
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        WriteId(IdMaker::new(self.now, z ^ (z >> 31)).make())
    }
}
