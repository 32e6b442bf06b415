//! Who the customers are: everything about one follows from its number and the seed.

use crate::domain::code::{ChannelCode, PipelineCode, StageCode};
use crate::domain::id::{BatchId, CustomerId, DealId, IdMaker, UserId, WriteId};
use crate::domain::lists::{Entity, EventKind, FieldType, Shape};
use crate::domain::origin::Origin;
use crate::domain::time::{Day, Timestamp};
use crate::playbook::Playbook;
use crate::playbook::model::Field;
use crate::sample::chance::Chance;
use crate::sample::million::tally::Tally;
use crate::sample::million::{PART, People, Request};
use crate::sample::{facts, names};
use crate::store::StoreError;
use crate::store::bulk::Filling;
use crate::store::bulk::rows::{NewContact, NewCustomer, NewDeal};
use crate::store::change::customer::{ImportChunk, KnownPolicy};
use crate::store::change::{Change, CustomerChange, Write};

/// Ids set aside for a customer and what comes with it.
const IDS: i64 = 16;
/// Where the deal's id stands among them.
const DEAL: i64 = 6;
/// Where the due task's id stands among them.
pub const TASK: i64 = 10;
/// Prime to 10⁸, so that counting up never gives the same eight digits twice.
const STRIDE: u64 = 61_803_399;
/// Numbers there are behind the reserved prefix.
const NUMBERS: u64 = 100_000_000;
/// Of ten parts of the history, those in which leads come in.
const COMING: usize = 9;
/// How many of ten thousand customers are companies.
const COMPANIES: u32 = 300;
/// How many of ten thousand have an id beside their number.
const IDS_TOO: u32 = 1_500;
/// How many of ten thousand have a fact of their own.
const FACTS: u32 = 4_000;

/// Characters of given names, so that a million names are not a few thousand.
const GIVEN: &str = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰萍红玲芬燕彬健鹏宇浩凯轩子涵梓雨欣怡诗琪俊豪博文思远嘉宁晨曦\
                     若彤天佑安然志国建春梅海小龙晓东永康一诺雪琳慧颖洁倩婷丹瑶悦雯佳蕾蓉薇珊璐菲媛楠淼垚鑫森炎焱尧舜禹汤启承泽润";
/// What companies do.
const TRADES: &[&str] = &["科技", "贸易", "信息", "网络", "教育", "咨询", "医疗", "建材", "物流", "餐饮"];

/// Everybody, as far as it can be told from numbers.
#[derive(Debug)]
pub struct Cast<'a> {
    /// What was asked for.
    pub request: &'a Request,
    /// Reps with their teams.
    pub reps: Vec<(UserId, i64)>,
    /// Working days, the last one today.
    pub days: Vec<Day>,
    /// The pipeline of the deals.
    pub pipeline: PipelineCode,
    /// Where calls go.
    pub call: (ChannelCode, ChannelCode),
    /// Where messages go.
    pub message: (ChannelCode, ChannelCode),
    lead: UserId,
    stages: Vec<StageCode>,
    roles: String,
    given: Vec<char>,
    facts: Vec<&'a Field>,
    parts: Vec<Timestamp>,
}

impl<'a> Cast<'a> {
    /// Looks the playbook through for what the floor needs.
    pub fn new(request: &'a Request, people: People, days: Vec<Day>) -> Result<Self, StoreError> {
        let book = &request.playbook.playbook;
        let lacks = |what: &str| StoreError::Invalid {
            code: "bare_playbook",
            what: format!("the playbook '{}' has no {what}; take another", book.id),
        };
        let opens = |kind: EventKind| {
            move |p: &&crate::playbook::model::Pipeline| p.open_on.iter().any(|o| o.kind == kind)
        };
        let full = || book.pipelines.iter().filter(|p| p.shape == Shape::Full && p.open_where.is_empty());
        let pipeline = full()
            .find(opens(EventKind::LeadAssigned))
            .or_else(|| full().next())
            .ok_or_else(|| lacks("pipeline with stages"))?;
        let way = |call: bool| {
            let found = book.channels.iter().find(|c| c.is_call == call && c.contact.is_some());
            found.and_then(|c| Some((c.code.clone(), c.contact.clone()?)))
        };
        let call = way(true).ok_or_else(|| lacks("call channel"))?;
        let message = way(false).ok_or_else(|| lacks("message channel"))?;
        let plain = |f: &&Field| {
            f.on == Entity::Customer && matches!(f.kind, FieldType::Enum | FieldType::Int | FieldType::Text)
        };
        let parts = parts(book, &days, request.customers.div_ceil(PART));
        Ok(Self {
            reps: people.reps,
            lead: people.lead,
            pipeline: pipeline.code.clone(),
            stages: pipeline
                .stages
                .iter()
                .filter(|s| !s.closes_won && !s.key_node)
                .map(|s| s.code.clone())
                .collect(),
            roles: book.roles.iter().find(|r| r.contactable).map(|r| r.code.0.clone()).unwrap_or_default(),
            given: GIVEN.chars().collect(),
            facts: book.fields.iter().filter(plain).collect(),
            request,
            days,
            call,
            message,
            parts,
        })
    }

    /// The method.
    pub fn book(&self) -> &'a Playbook {
        &self.request.playbook.playbook
    }

    /// How many customers there are.
    pub const fn customers(&self) -> usize {
        self.request.customers
    }

    /// A customer's id.
    pub fn id(&self, number: usize) -> CustomerId {
        let place = i64::try_from(number % PART).unwrap_or(0);
        CustomerId(self.write_of(number / PART).0 + 1 + place * IDS)
    }

    /// A customer's deal.
    pub fn deal(&self, number: usize) -> DealId {
        DealId(self.id(number).0 + DEAL)
    }

    /// The rep who follows a customer, by place.
    pub fn owner(&self, number: usize) -> usize {
        number % self.reps.len().max(1)
    }

    /// The rep who follows a customer.
    pub fn rep(&self, number: usize) -> Option<UserId> {
        self.reps.get(self.owner(number)).map(|(rep, _)| *rep)
    }

    /// When a customer came.
    pub fn came(&self, number: usize) -> Timestamp {
        self.parts.get(number / PART).copied().unwrap_or_default()
    }

    /// A customer's number, without the prefix: eight digits nobody else has.
    pub fn digits(&self, number: usize) -> u64 {
        (number as u64).wrapping_mul(STRIDE).wrapping_add(self.request.seed) % NUMBERS
    }

    /// The whole number as it is unique.
    pub fn norm(digits: u64) -> String {
        format!("+86100{digits:08}")
    }

    /// A customer's id on the message channel, where it has one.
    pub fn handle(&self, number: usize) -> Option<String> {
        let mut chance = self.chance(number, 1);
        chance.hits(IDS_TOO).then(|| format!("wx_m_{:08x}", self.digits(number)))
    }

    /// A customer's name.
    pub fn name(&self, number: usize) -> String {
        let mut chance = self.chance(number, 0);
        let one = |chance: &mut Chance| chance.pick(&self.given).copied().unwrap_or('一');
        if chance.hits(COMPANIES) {
            let (city, trade) = (names::city(&mut chance), chance.pick(TRADES).copied().unwrap_or_default());
            return format!("{city}{}{}{trade}有限公司", one(&mut chance), one(&mut chance));
        }
        let mut name = format!("{}{}", names::surname(&mut chance), one(&mut chance));
        if chance.hits(7_500) {
            name.push(one(&mut chance));
        }
        name
    }

    fn chance(&self, number: usize, what: u64) -> Chance {
        Chance::of(self.request.seed ^ (what << 40), i64::try_from(number).unwrap_or(0))
    }

    /// How many parts of lead files there are.
    pub fn parts(&self) -> &[Timestamp] {
        &self.parts
    }

    fn write_of(&self, part: usize) -> WriteId {
        let at = self.parts.get(part).copied().unwrap_or_default();
        WriteId(IdMaker::new(at, 0).make())
    }

    /// Writes the file and the journal's row of a part.
    pub fn write_part(&self, filling: &mut Filling<'_>, part: usize) -> Result<(), StoreError> {
        let at = self.parts.get(part).copied().unwrap_or_default();
        let batch = BatchId(i64::try_from(part).unwrap_or(0) + 1);
        let file = format!("线索第{}批.csv", part + 1);
        let rows = self.customers().saturating_sub(part * PART).min(PART);
        filling.batch(batch, &file, at, (self.lead, i64::try_from(rows).unwrap_or(0)))?;
        let chunk = ImportChunk {
            batch,
            hash: file.clone(),
            file,
            options: String::new(),
            known: KnownPolicy::Skip,
            assign: Vec::new(),
            assigned_before: 0,
            rows: Vec::new(),
            last: true,
        };
        let change = Change::Customer(CustomerChange::Import(Box::new(chunk)));
        filling.journal_plain(&Write {
            id: self.write_of(part),
            by: self.lead,
            at,
            from: Origin::Local,
            change,
        })
    }

    /// Writes a customer with all that came with it.
    pub fn write(&self, filling: &Filling<'_>, number: usize, tally: &Tally) -> Result<(), StoreError> {
        let mut chance = self.chance(number, 2);
        let at = self.came(number);
        let name = self.name(number);
        let Some((owner, _)) = self.reps.get(self.owner(number)) else { return Ok(()) };
        let (counters, note) = tally.of(number);
        let new = NewCustomer {
            id: self.id(number),
            name: &name,
            roles: &self.roles,
            city: names::city(&mut chance),
            source: names::source(&mut chance),
            playbook: &self.book().id,
            owner: *owner,
            by: self.lead,
            at,
            batch: BatchId(i64::try_from(number / PART).unwrap_or(0) + 1),
            counters,
            note,
        };
        filling.customer(&new)?;
        let digits = self.digits(number);
        let raw = format!("100 {:04} {:04}", digits / 10_000, digits % 10_000);
        let norm = Self::norm(digits);
        filling.contact(&new, &NewContact { place: 0, channel: &self.call.1, norm: &norm, raw: &raw })?;
        if let Some(handle) = self.handle(number) {
            let contact = NewContact { place: 1, channel: &self.message.1, norm: &handle, raw: &handle };
            filling.contact(&new, &contact)?;
        }
        self.write_deal(filling, &new, number)?;
        if let Some(field) = chance.pick(&self.facts).copied().filter(|_| chance.hits(FACTS)) {
            filling.fact(&new, field.code.as_str(), &facts::value(self.book(), field, at, &mut chance))?;
        }
        Ok(())
    }

    fn write_deal(
        &self,
        filling: &Filling<'_>,
        of: &NewCustomer<'_>,
        number: usize,
    ) -> Result<(), StoreError> {
        // three of ten have got beyond the first stage
        let far = match number % 10 {
            0..=6 => 0,
            7 | 8 => 1,
            _ => 2,
        };
        let later = self.request.now.since(of.at) / 2;
        let entered: Vec<(StageCode, Timestamp)> = [0, far]
            .into_iter()
            .zip([0, later])
            .take(if far == 0 { 1 } else { 2 })
            .filter_map(|(place, later)| Some((self.stages.get(place)?.clone(), Timestamp(of.at.0 + later))))
            .collect();
        let deal = NewDeal { id: self.deal(number), pipeline: &self.pipeline, stages: &entered, number: 1 };
        filling.deal(of, &deal)
    }
}

/// When the parts come: a few every working day, from the first minutes on.
fn parts(book: &Playbook, days: &[Day], parts: usize) -> Vec<Timestamp> {
    let coming = (days.len() * COMING / 10).max(1);
    let mut before = 0;
    (0..parts)
        .map(|part| {
            let day = days.get(part * coming / parts.max(1)).copied().unwrap_or_default();
            let at = book.zone.at(day, book.hours.0).0 + 60_000;
            before = at.max(before + 7);
            Timestamp(before)
        })
        .collect()
}
