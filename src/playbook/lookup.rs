//! Finding things in a checked playbook. All are walks over short lists: a playbook has tens of each, not thousands.

use crate::domain::code::{
    ChannelCode, CouponCode, FieldCode, MaterialCode, NodeCode, OutcomeCode, PipelineCode, ProductCode,
    RankCode, ReasonCode, RoleCode, ScriptCode, SopCode, StageCode,
};
use crate::domain::lists::{Lane, Level, Metric, Period, Tongue};
use crate::domain::time::Day;

use super::model::{
    Bilingual, Board, Channel, Coupon, Field, Material, Node, Outcome, PersonRole, Pipeline, Playbook,
    Product, Question, Rank, Reason, ReportRule, Script, Sop, Stage, TargetRule, TargetScope,
};
use super::reader::names::ALL;

impl Bilingual {
    /// The text in one language.
    pub fn of(&self, tongue: Tongue) -> &str {
        match tongue {
            Tongue::En => &self.en,
            Tongue::Zh => &self.zh,
        }
    }
}

/// Whose target is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetFor<'a> {
    /// Of a rep of this rank.
    Rank(&'a RankCode),
    /// Of people with this job.
    Job(&'a str),
    /// Of a team.
    Team,
}

/// What somebody's targets go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat<'a> {
    /// The job; empty for any.
    pub job: &'a str,
    /// The rank's code.
    pub rank: &'a str,
    /// The first day here; `None` where that is not known.
    pub since: Option<Day>,
}

/// What a script is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occasion<'a> {
    /// The stage of the deal.
    pub stage: Option<&'a StageCode>,
    /// The role of the person spoken to.
    pub role: Option<&'a RoleCode>,
    /// The channel.
    pub channel: &'a ChannelCode,
}

impl Pipeline {
    /// The stage of that code.
    pub fn stage(&self, code: &StageCode) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.code == *code)
    }

    /// The place of a stage, from 1, as the fact `stage_index` counts.
    pub fn stage_index(&self, code: &StageCode) -> Option<usize> {
        self.stages.iter().position(|stage| stage.code == *code).map(|index| index + 1)
    }

    /// The stage after one; `None` after the last.
    pub fn next_stage(&self, code: &StageCode) -> Option<&Stage> {
        self.stages.iter().skip_while(|stage| stage.code != *code).nth(1)
    }
}

impl Playbook {
    /// The pipeline of that code.
    pub fn pipeline(&self, code: &PipelineCode) -> Option<&Pipeline> {
        self.pipelines.iter().find(|pipeline| pipeline.code == *code)
    }

    /// A stage of a pipeline.
    pub fn stage(&self, pipeline: &PipelineCode, code: &StageCode) -> Option<&Stage> {
        self.pipeline(pipeline)?.stage(code)
    }

    /// The place of a stage in its pipeline, from 1.
    pub fn stage_index(&self, pipeline: &PipelineCode, code: &StageCode) -> Option<usize> {
        self.pipeline(pipeline)?.stage_index(code)
    }

    /// The stage after one; `None` after the last.
    pub fn next_stage(&self, pipeline: &PipelineCode, code: &StageCode) -> Option<&Stage> {
        self.pipeline(pipeline)?.next_stage(code)
    }

    /// Where the deals of a stage go that is no longer there (S001-66).
    pub fn mapped_stage(&self, pipeline: &PipelineCode, from: &StageCode) -> Option<&StageCode> {
        let found = self.stage_map.iter().find(|map| map.pipeline == *pipeline && map.from == *from);
        found.map(|map| &map.to)
    }

    /// The outcome of that code.
    pub fn outcome(&self, code: &OutcomeCode) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.code == *code)
    }

    /// The outcomes offered in a lane, in the file's order.
    pub fn outcomes_for(&self, lane: Lane) -> impl Iterator<Item = &Outcome> {
        self.outcomes.iter().filter(move |outcome| outcome.lanes.contains(&lane))
    }

    /// The outcome a key says in a lane.
    pub fn outcome_at(&self, lane: Lane, key: char) -> Option<&Outcome> {
        self.outcomes_for(lane).find(|outcome| outcome.key == key)
    }

    /// The field of that code.
    pub fn field(&self, code: &FieldCode) -> Option<&Field> {
        self.fields.iter().find(|field| field.code == *code)
    }

    /// The product of that code.
    pub fn product(&self, code: &ProductCode) -> Option<&Product> {
        self.products.iter().find(|product| product.code == *code)
    }

    /// The script of that code.
    pub fn script(&self, code: &ScriptCode) -> Option<&Script> {
        self.scripts.iter().find(|script| script.code == *code)
    }

    /// The script that fits an occasion best (S001-106): on its channel, for its stage before for any stage, for the
    /// person's role before for anybody; the first of equals. Scripts of another stage or role never fit.
    pub fn script_for(&self, occasion: Occasion<'_>) -> Option<&Script> {
        let fits = |script: &&Script| {
            script.channel == *occasion.channel
                && (script.stage.is_none() || script.stage.as_ref() == occasion.stage)
                && (script.role.is_none() || script.role.as_ref() == occasion.role)
        };
        let mut best: Option<&Script> = None;
        let worth = |script: &Script| (script.stage.is_some(), script.role.is_some());
        for script in self.scripts.iter().filter(fits) {
            if best.is_none_or(|best| worth(script) > worth(best)) {
                best = Some(script);
            }
        }
        best
    }

    /// The material of that code.
    pub fn material(&self, code: &MaterialCode) -> Option<&Material> {
        self.materials.iter().find(|material| material.code == *code)
    }

    /// The coupon of that code.
    pub fn coupon(&self, code: &CouponCode) -> Option<&Coupon> {
        self.coupons.iter().find(|coupon| coupon.code == *code)
    }

    /// The procedure of that code.
    pub fn sop(&self, code: &SopCode) -> Option<&Sop> {
        self.sops.iter().find(|sop| sop.code == *code)
    }

    /// The kind of node of that code.
    pub fn node(&self, code: &NodeCode) -> Option<&Node> {
        self.nodes.iter().find(|node| node.code == *code)
    }

    /// The reason of that code, for losing or skipping.
    pub fn reason(&self, code: &ReasonCode) -> Option<&Reason> {
        self.reasons.lost.iter().chain(&self.reasons.skip).find(|reason| reason.code == *code)
    }

    /// The channel of that code.
    pub fn channel(&self, code: &ChannelCode) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.code == *code)
    }

    /// The role of that code.
    pub fn role(&self, code: &RoleCode) -> Option<&PersonRole> {
        self.roles.iter().find(|role| role.code == *code)
    }

    /// The rank of that code.
    pub fn rank(&self, code: &RankCode) -> Option<&Rank> {
        self.ranks.iter().find(|rank| rank.code == *code)
    }

    /// The board of that code.
    pub fn board(&self, code: &str) -> Option<&Board> {
        self.boards.iter().find(|board| board.code == code)
    }

    /// The questions a text finds (S001-97), best first: those with a search word that is the text, then that begins
    /// with it or contains it, then those with the text in an answer. Latin letters match in either case.
    pub fn questions_about(&self, text: &str) -> Vec<&Question> {
        let text = text.trim().to_lowercase();
        if text.is_empty() {
            return self.questions.iter().collect();
        }
        let mut found: Vec<(u8, &Question)> = self
            .questions
            .iter()
            .filter_map(|question| Some((nearness(question, &text)?, question)))
            .collect();
        // stable: equals keep the file's order
        found.sort_by_key(|(nearness, _)| *nearness);
        found.into_iter().map(|(_, question)| question).collect()
    }

    /// The playbook's target, in the metric's unit; `None` when it sets none.
    pub fn target_for(&self, whose: TargetFor<'_>, metric: Metric, period: Period) -> Option<i64> {
        self.targets
            .iter()
            .filter(|rule| rule.metric == metric && rule.period == period && rule.level == Level::Goal)
            .find_map(|rule| value(rule, whose))
    }

    /// A person's target for a period that begins on `first`, in the metric's unit: by job where a rule names theirs, else by rank;
    /// of a newcomer the share that the ramp gives, rounded half up. `None` where the playbook sets none.
    pub fn target_of(&self, seat: Seat<'_>, of: (Metric, Period, Level), first: Day) -> Option<i64> {
        let rules = || self.targets.iter().filter(|rule| (rule.metric, rule.period, rule.level) == of);
        let of_job = rules().find_map(|rule| match &rule.scope {
            TargetScope::Job(job) if job == seat.job => {
                rule.values.get(ALL).or_else(|| rule.values.get(seat.rank)).copied()
            }
            _ => None,
        });
        let of_rank = || rules().find(|rule| rule.scope == TargetScope::Rank)?.values.get(seat.rank).copied();
        let whole = of_job.or_else(of_rank)?;
        let here = seat.since.map(|since| (first.0 - since.0).max(0));
        let step = here.and_then(|here| self.ramp.iter().find(|step| here < i64::from(step.days)));
        Some(step.map_or(whole, |step| {
            let share = i128::from(whole) * i128::from(step.share_bp);
            i64::try_from((share + 5_000).div_euclid(10_000)).unwrap_or(whole)
        }))
    }

    /// The metrics that add up which this method looks at: the gap line's first, then the boards' columns.
    pub fn summed(&self) -> Vec<Metric> {
        let mut metrics = vec![self.metrics.main];
        for metric in self.boards.iter().flat_map(|board| &board.columns) {
            if metric.is_summed() && !metrics.contains(metric) {
                metrics.push(*metric);
            }
        }
        metrics
    }

    /// The metrics a board may be of: those that add up, then the ratios among the boards' columns.
    pub fn on_boards(&self) -> Vec<Metric> {
        let mut metrics = self.summed();
        for board in &self.boards {
            for metric in board.columns.iter().chain([&board.sort]) {
                if metric.is_ratio() && !metrics.contains(metric) {
                    metrics.push(*metric);
                }
            }
        }
        metrics
    }

    /// The report of a period, where one is written.
    pub fn report(&self, period: Period) -> Option<&ReportRule> {
        self.reports.iter().find(|rule| rule.period == period)
    }

    /// What stands in a report; never nothing.
    pub fn reported(&self, rule: &ReportRule) -> Vec<Metric> {
        if !rule.metrics.is_empty() {
            return rule.metrics.clone();
        }
        let mut metrics = self.summed();
        for metric in [Metric::CallsValid, Metric::OrdersWon] {
            if !metrics.contains(&metric) {
                metrics.push(metric);
            }
        }
        metrics
    }

    /// The process standard of a rank for a working day, in the metric's unit.
    pub fn standard_for(&self, rank: &RankCode, metric: Metric) -> Option<i64> {
        let rule = self.standards.iter().find(|rule| rule.metric == metric)?;
        rule.values.get(rank.as_str()).copied()
    }
}

fn value(rule: &TargetRule, whose: TargetFor<'_>) -> Option<i64> {
    let key = match (&rule.scope, whose) {
        (TargetScope::Rank, TargetFor::Rank(rank)) => rank.as_str(),
        (TargetScope::Job(job), TargetFor::Job(wanted)) if job == wanted => ALL,
        (TargetScope::Team, TargetFor::Team) => ALL,
        _ => return None,
    };
    rule.values.get(key).copied()
}

fn nearness(question: &Question, text: &str) -> Option<u8> {
    let words = question.ask.iter().map(|word| word.to_lowercase());
    let by_word = words.filter_map(|word| match () {
        () if word == text => Some(0),
        () if word.starts_with(text) => Some(1),
        // the customer's whole sentence may be typed: 太贵了 finds 贵
        () if word.contains(text) || text.contains(&word) => Some(2),
        () => None,
    });
    by_word.min().or_else(|| {
        let answer = &question.answer;
        (answer.zh.contains(text) || answer.en.to_lowercase().contains(text)).then_some(3)
    })
}
