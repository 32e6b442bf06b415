//! The closed lists the program knows; everything else is playbook data.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! closed {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[allow(missing_docs, reason = "where a member has no words of its own, its name is the glossary's")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// Every member, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word used in files, the database and JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// The member of that name.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    )*};
}

closed! {
    /// What a user may be. The order is that of growing rights.
    Role {
        /// Looks at boards and nothing else: the wall's.
        Viewer = "viewer",
        /// Sells.
        Rep = "rep",
        /// Looks after trainees beside the own numbers.
        Coach = "coach",
        /// Runs a team.
        Lead = "lead",
        /// Runs several teams, rules and pay.
        Manager = "manager",
        /// Users, imports, backups, playbooks.
        Admin = "admin",
    }

    /// Whether a user works here.
    UserState { Active = "active", Notice = "notice", Left = "left" }

    /// How somebody tries to come in.
    Way {
        /// By a key.
        Key = "key",
        /// By a password.
        Password = "password",
        /// By a password with a one-time code.
        Totp = "totp",
        /// By the code of an invitation.
        Code = "code",
        /// Is in already, and opens a screen that asks for the PIN.
        Pin = "pin",
    }

    /// What came of a try to come in.
    Came {
        /// Let in.
        In = "in",
        /// Not let in: a key that is not known, a guess that is wrong.
        Wrong = "wrong",
        /// Not looked at: locked out, or too many tries from the address.
        Locked = "locked",
        /// Let in, and a key added by an invitation.
        Enrolled = "enrolled",
    }

    /// Where a task stands in the day: the pens of Today.
    Lane {
        Call = "call",
        Material = "material",
        Coupon = "coupon",
        Node = "node",
        Care = "care",
        Report = "report",
    }

    /// The state of a task.
    TaskState {
        /// Waiting to be done.
        Due = "due",
        /// Done by a touch.
        Done = "done",
        /// Put off with a reason; a new one was made.
        Moved = "moved",
        /// Its condition came true by itself, or it no longer applies.
        Cancelled = "cancelled",
        /// Skipped with a reason.
        Skipped = "skipped",
        /// Its time passed and something else took its place.
        Expired = "expired",
    }

    /// The shape of a pipeline (S001-78).
    Shape {
        /// Stages, gates, procedures.
        Full = "full",
        /// One stage, at most three fields, open/won/lost, a due date.
        Brief = "brief",
        /// A flag with a date and a count.
        Tag = "tag",
    }

    /// The state of a deal.
    DealState { Open = "open", Won = "won", Lost = "lost" }

    /// Which way a touch went.
    Direction { Out = "out", In = "in" }

    /// What sits where (S001-28).
    Entity { Customer = "customer", Person = "person", Opportunity = "opportunity", Order = "order" }

    /// How much a field matters (S001-29): only `must` can block, and only at its stage.
    Tier { Must = "must", Useful = "useful", Optional = "optional" }

    /// The type of a field.
    FieldType {
        Text = "text",
        Int = "int",
        Bool = "bool",
        Enum = "enum",
        Money = "money",
        Date = "date",
        DateTime = "datetime",
        Product = "product",
        Unit = "unit",
        Person = "person",
        Role = "role",
        Window = "window",
        Hash = "hash",
    }

    /// What a stage checks before it may be entered.
    GateKind {
        HasContact = "has_contact",
        NodeAttended = "node_attended",
        PaymentReceived = "payment_received",
        RulingSettled = "ruling_settled",
        DisclosureDone = "disclosure_done",
        CoolingOffPassed = "cooling_off_passed",
    }

    /// Behaviour flags of an outcome: the flags, not the codes, drive every rule and figure (peers.md 2.2).
    OutcomeFlag {
        /// Somebody answered: the touch is connected.
        Connected = "connected",
        /// The customer (not a machine or a stranger) was reached.
        Contact = "contact",
        /// Says no for now.
        NotInterested = "not_interested",
        /// The number is dead or wrong.
        Unworkable = "unworkable",
        /// The customer asked to be called at a time.
        Callback = "callback",
        /// Do not contact: irreversible for a rep.
        Dnc = "dnc",
        /// A sale: opens the order.
        Sale = "sale",
        /// The customer has decided, either way.
        Decision = "decision",
        /// A WeChat contact was verified.
        WechatAdded = "wechat_added",
        /// A key node was booked: asks for its time.
        NodeBooked = "node_booked",
        /// A key node was attended.
        NodeAttended = "node_attended",
        /// A key node was missed.
        NodeMissed = "node_missed",
        /// The material left the building.
        Sent = "sent",
        /// The coupon left the building.
        Pushed = "pushed",
        /// Nothing more is to be done on this task.
        Completed = "completed",
    }

    /// What an outcome makes happen next.
    NextKind {
        /// Try again by the ladder of delays.
        Retry = "retry",
        /// Ask for (or propose) a time and make a promise of it.
        Callback = "callback",
        /// A follow-up call after a delay.
        Follow = "follow",
        /// Send a material.
        Material = "material",
        /// Push a coupon.
        Coupon = "coupon",
        /// Leave in peace for a number of days, then call once more.
        Cool = "cool",
        /// Whatever the procedures plan, nothing of its own.
        Sop = "sop",
        /// Nothing.
        None = "none",
    }

    /// Events that procedures, rules and pipelines hang on (playbook-format.md).
    EventKind {
        LeadCreated = "lead_created",
        LeadAssigned = "lead_assigned",
        CallConnected = "call_connected",
        VisitRegistered = "visit_registered",
        CustomerReplied = "customer_replied",
        StageEntered = "stage_entered",
        OpportunityOpened = "opportunity_opened",
        NodeTime = "node_time",
        NodeBooked = "node_booked",
        NodeAttended = "node_attended",
        NodeMissed = "node_missed",
        WechatAdded = "wechat_added",
        FieldSet = "field_set",
        UsageLogged = "usage_logged",
        LessonsLeftChanged = "lessons_left_changed",
        CouponExpiring = "coupon_expiring",
        PromiseDue = "promise_due",
        OrderWon = "order_won",
        FullyPaid = "fully_paid",
        PolicyIssued = "policy_issued",
        SecondPremiumPaid = "second_premium_paid",
        CoolingOffPassed = "cooling_off_passed",
        RegistrationFiled = "registration_filed",
        StockLockExpiring = "stock_lock_expiring",
        PriceQuoted = "price_quoted",
        OrderPartyAdded = "order_party_added",
        CommissionFrozen = "commission_frozen",
        RulingConfirmed = "ruling_confirmed",
        OwnerLeft = "owner_left",
        CustomerMerged = "customer_merged",
        Daily = "daily",
        Manual = "manual",
    }

    /// When a step is done (`field_set` and `stage_entered` carry a name).
    DoneKind {
        CallConnected = "call_connected",
        MaterialSent = "material_sent",
        CouponPushed = "coupon_pushed",
        NodeBooked = "node_booked",
        DecisionKnown = "decision_known",
        TouchLogged = "touch_logged",
        FieldSet = "field_set",
        StageEntered = "stage_entered",
    }

    /// Facts that rules compare.
    Fact {
        HoursSinceAssigned = "hours_since_assigned",
        DaysSinceAssigned = "days_since_assigned",
        DaysSinceValidTouch = "days_since_valid_touch",
        DaysToDue = "days_to_due",
        DaysOverdue = "days_overdue",
        DaysToDecideBy = "days_to_decide_by",
        HoursToNode = "hours_to_node",
        CouponDaysLeft = "coupon_days_left",
        CoolingDaysLeft = "cooling_days_left",
        RegistrationDaysLeft = "registration_days_left",
        Stage = "stage",
        StageIndex = "stage_index",
        Attempts = "attempts",
        ConnectedEver = "connected_ever",
        Visited = "visited",
        NodeConfirmed = "node_confirmed",
        DeciderMet = "decider_met",
        DeciderTouched = "decider_touched",
        OpenDoubts = "open_doubts",
        AccountOk = "account_ok",
        CallbackDone = "callback_done",
        OrderPartyNew = "order_party_new",
        LessonsLeft = "lessons_left",
        LessonsUsed = "lessons_used",
        LessonsPerWeek2w = "lessons_per_week_2w",
        CallsSameNumberDay = "calls_same_number_day",
        ShortCalls10min = "short_calls_10min",
        InQuietHours = "in_quiet_hours",
        CustomerAsked = "customer_asked",
        RecordingIdMissing = "recording_id_missing",
        ForbiddenPhrase = "forbidden_phrase",
        RequiredPhraseMissing = "required_phrase_missing",
        PhoneBelongsToStaff = "phone_belongs_to_staff",
    }

    /// Kinds of records that go out and come in as tables.
    Records {
        Customers = "customers",
        Deals = "deals",
        Touches = "touches",
        Tasks = "tasks",
        Orders = "orders",
        Usage = "usage",
    }

    /// How a rule compares.
    Op { Lt = "<", Le = "<=", Eq = "==", Ne = "!=", Ge = ">=", Gt = ">" }

    /// What is counted (S001-117). Every metric derives from stored facts, never from typed totals.
    Metric {
        CallsDialed = "calls_dialed",
        CallsValid = "calls_valid",
        TalkMinutes = "talk_minutes",
        WechatAdded = "wechat_added",
        NodesBooked = "nodes_booked",
        NodesAttended = "nodes_attended",
        Receptions = "receptions",
        NewCustomers = "new_customers",
        MaterialsSent = "materials_sent",
        CouponsPushed = "coupons_pushed",
        ReferralsReceived = "referrals_received",
        ReferralsWon = "referrals_won",
        OrdersWon = "orders_won",
        RevenueNew = "revenue_new",
        RenewalRevenue = "renewal_revenue",
        SignedAmount = "signed_amount",
        FirstYearPremium = "first_year_premium",
        Receipts = "receipts",
        RefundAmount = "refund_amount",
        OnTimeRate = "on_time_rate",
        ExecutionRate = "execution_rate",
        ProactiveRatio = "proactive_ratio",
        SelfSufficiency = "self_sufficiency",
        QualityScore = "quality_score",
        RenewalRateBp = "renewal_rate_bp",
        Persistency13mBp = "persistency_13m_bp",
        ConversionRateBp = "conversion_rate_bp",
        ReferralRateBp = "referral_rate_bp",
        RevenuePerHead = "revenue_per_head",
        Attainment = "attainment",
        Gap = "gap",
        Pace = "pace",
        PerDayNeeded = "per_day_needed",
    }

    /// The unit of a metric.
    Unit {
        /// A whole number.
        Count = "count",
        /// Minor units of the playbook's currency.
        Money = "money",
        /// Stored as seconds, shown as minutes.
        Minutes = "minutes",
        /// Basis points.
        Rate = "rate",
    }

    /// The period of a target or board.
    Period { Day = "day", Week = "week", Month = "month", Quarter = "quarter" }

    /// How high a target is.
    Level {
        /// What has to be reached.
        Goal = "goal",
        /// What is stretched for.
        Stretch = "stretch",
        /// What few reach.
        Challenge = "challenge",
    }

    /// What a team is glad of.
    Gladness {
        /// An order was won.
        OrderWon = "order_won",
        /// A target of the month was reached.
        TargetReached = "target_reached",
        /// Somebody of the team was passed.
        RankPassed = "rank_passed",
    }

    /// Who hears of something.
    Audience {
        /// The team of whoever it is about.
        Team = "team",
        /// Everybody.
        Floor = "floor",
    }

    /// The kind of a script line.
    LineKind { Ask = "ask", Tell = "tell", Claim = "claim", Close = "close" }

    /// Whether a script is sent by a connector or by the rep.
    ScriptMode { Auto = "auto", Semi = "semi" }

    /// The state of a key node.
    NodeState { Booked = "booked", Reminded = "reminded", Attended = "attended", Missed = "missed", Moved = "moved", Cancelled = "cancelled" }

    /// The state of a coupon given to a customer.
    IssueState { Reserved = "reserved", Pushed = "pushed", Redeemed = "redeemed", Expired = "expired", Released = "released" }

    /// Whether somebody is here on a day.
    Attendance {
        /// Checked in.
        Present = "present",
        /// Not here, and nobody was told.
        Absent = "away",
        /// On leave.
        Leave = "leave",
    }

    /// How a rep's day stands at an instant, as the radar shows it; the most pressing first.
    RepState {
        /// Somebody waits: a promise or a response clock has run out.
        Late = "late",
        /// Nothing was done for too long.
        Idle = "idle",
        /// Nothing was done yet today, and the day has begun.
        NotBegun = "not_begun",
        /// Nothing was done for a while.
        Quiet = "quiet",
        /// At it.
        Working = "working",
        /// Nothing is left to do, and the standard is met.
        Done = "done",
        /// Not here today.
        Absent = "away",
        /// Today is no working day, or the day has not begun or is over.
        Off = "off",
    }

    /// The rounds of a team's day.
    RoundKind {
        /// Before the day (早会): what was yesterday, what is to come.
        Morning = "morning",
        /// After it (晚会): what came of it.
        Evening = "evening",
    }

    /// What a stock-take (盘点) decides about an open deal (S001-56).
    StockDecision {
        /// It goes on to the next stage.
        Advance = "advance",
        /// It is lost.
        Drop = "drop",
        /// Its customer goes back to the pool.
        Pool = "pool",
        /// Somebody gets a task with a line of advice.
        Coach = "coach",
        /// It stays as it is.
        Keep = "keep",
    }

    /// What about a deal is not as the stock-take before left it.
    StockNews {
        /// It was not looked at then.
        New = "new",
        /// Somebody else follows its customer.
        Owner = "owner",
        /// It stands at another stage.
        Stage = "stage",
        /// It is worth something else.
        Value = "value",
        /// Somebody was in touch with its customer.
        Contact = "contact",
    }

    /// To whom a warning has climbed, by its age.
    WarnLevel { Rep = "rep", Lead = "lead", Manager = "manager" }

    /// What of a rep is held against the team's median (S001-57).
    RepRate {
        /// Customers with a key node booked, of those that were given.
        Booking = "booking_rate",
        /// Open deals that are within the days of their stage, of all open ones.
        InStage = "in_stage_rate",
        /// Tasks done on their day, of those that were due before today.
        OnTime = "on_time_rate",
    }

    /// What about a rep or a deal deserves a lead's look.
    SignalKind {
        /// No new customer was tried for some working days.
        NoNew = "no_new",
        /// No deal was moved on for some working days.
        NoAdvance = "no_advance",
        /// An open deal nobody has been in touch with for some days.
        Unfollowed = "unfollowed",
        /// Waits for customers instead of going out, day after day.
        Waiting = "waiting",
        /// New customers fall quarter after quarter.
        Drifting = "drifting",
        /// Far below the team's median in something.
        Behind = "behind",
    }

    /// How the sides of a match are measured, and who meets whom.
    PkKind {
        /// Two people.
        Duel = "duel",
        /// Sides by their sum.
        Sum = "sum",
        /// Sides by what a head of theirs brings.
        Average = "average",
        /// A side's people one after another, each in a leg of the window.
        Relay = "relay",
        /// Pairs, of which the better goes on, round after round.
        Bracket = "bracket",
        /// Each side by its own target.
        OwnTarget = "own_target",
        /// Each side by what is usual for it.
        Handicap = "handicap",
        /// One person against the own best day.
        Ghost = "ghost",
    }

    /// What became of a match, as it is kept.
    PkState { Proposed = "proposed", Accepted = "accepted", Decided = "decided", Disputed = "disputed", Settled = "ruled", Declined = "turned_down", Withdrawn = "withdrawn" }

    /// Where a match stands at an instant, in the order of a list.
    PkPhase {
        Running = "running",
        /// Its time has passed and nobody has decided it yet.
        Over = "over",
        Disputed = "disputed",
        Proposed = "proposed",
        Accepted = "accepted",
        Decided = "decided",
        Settled = "ruled",
        /// Its time passed before all sides had accepted.
        Lapsed = "lapsed",
        Declined = "turned_down",
        Withdrawn = "withdrawn",
    }

    /// By what a round was decided.
    PkHow {
        /// One side had more.
        Value = "value",
        /// Several had as much; one had it first.
        First = "first",
        /// Several had as much, and who had it first cannot be told.
        Shared = "shared",
        /// In a bracket: the one that was named first goes on.
        Seed = "seed",
        /// Nobody did anything.
        Nothing = "nothing",
    }

    /// What was said to a dispute.
    PkVerdict {
        /// The result stands.
        Stands = "stands",
        /// All sides share it.
        Shared = "shared",
        /// A side has won.
        Winner = "winner",
        /// It counts for nobody.
        Annulled = "annulled",
    }

    /// How a report stands.
    ReportState {
        /// It may not be handed in yet.
        Early = "early",
        /// It may be handed in.
        Open = "open",
        /// It is due and was not handed in.
        Overdue = "overdue",
        /// It was handed in.
        Handed = "handed_in",
        /// It was handed in after it was due.
        Late = "late",
        /// Its period closed and nobody had handed it in.
        Closed = "closed",
    }

    /// What does not go together in what is on record.
    Contradicts {
        /// A stage was moved by hand, and nobody was spoken to or had come in the two days before.
        StageWithoutContact = "stage_without_contact",
        /// An order, and nobody was ever spoken to or had come.
        OrderWithoutContact = "order_without_contact",
        /// A deal was given up that nobody had touched.
        LostUntouched = "lost_untouched",
        /// A node was attended before its time.
        AttendedEarly = "attended_early",
        /// Nobody was reached, in a talk as long as a valid call.
        UnreachedTalk = "unreached_talk",
        /// More minutes of talk than the working day has.
        MoreTalkThanTime = "more_talk_than_time",
        /// The lines are word for word those of the report before.
        CopiedLines = "copied_lines",
    }

    /// What of a stage of a funnel is opened.
    FunnelCell { Entered = "entered", Passed = "passed", Open = "open", Lost = "lost" }

    /// What a way of contact is worth.
    ContactState {
        /// Given, not yet proved.
        Stated = "stated",
        /// Proved: answered, or a friend on WeChat.
        Verified = "verified",
        /// Dead or wrong.
        Dead = "dead",
    }

    /// What kind of subject a customer is.
    CustomerKind { Household = "household", Company = "company", SoleTrader = "sole_trader" }

    /// A right over a customer (S001-13, S001-32).
    OwnerRight { Follow = "follow", View = "view", Collaborate = "collaborate", Credit = "credit" }

    /// What somebody may do with a field or a way of contact, the least first (S001-35).
    FieldRight {
        /// It is not there.
        Hide = "hide",
        /// It is there with its middle hidden.
        Mask = "mask",
        /// It is there, and not to be changed.
        Read = "read",
        /// It is there, and may be changed.
        Write = "write",
    }

    /// The state of a promise.
    PromiseState { Open = "open", Kept = "kept", Broken = "broken", Withdrawn = "withdrawn" }

    /// What an inducement appeals to.
    Inducement { Interest = "interest", Professional = "professional" }

    /// How severe a warning is.
    Severity { Amber = "amber", Red = "red" }

    /// What the audit trail tells of.
    AuditKind {
        /// Something was tried without the right to.
        Refused = "refused",
        /// Somebody signed in.
        SignedIn = "signed_in",
        /// Somebody signed out.
        SignedOut = "signed_out",
        /// A sign-in did not succeed.
        SignInFailed = "sign_in_failed",
        /// An account or an address may not sign in for a while.
        Locked = "locked",
        /// It may again.
        Unlocked = "unlocked",
        /// A session was ended by somebody else.
        SessionEnded = "session_ended",
        /// A session was taken over from another terminal.
        SessionTaken = "session_taken",
        /// A way to sign in was offered.
        KeyOffered = "key_offered",
        /// A way to sign in was added or changed: a key, a password, a code, a PIN.
        KeyAdded = "key_added",
        /// A way to sign in was taken away.
        KeyRemoved = "key_removed",
        /// A right was given.
        Granted = "granted",
        /// A right was taken away.
        Revoked = "revoked",
        /// A masked value was shown.
        Revealed = "revealed",
        /// An export was asked for.
        ExportAsked = "export_asked",
        /// An export that was asked for may be made.
        ExportApproved = "export_approved",
        /// An export that was asked for may not be made.
        ExportTurnedDown = "export_turned_down",
        /// Records were taken out.
        Exported = "exported",
        /// A user was added.
        UserAdded = "user_added",
        /// A user was changed.
        UserChanged = "user_changed",
        /// A team was changed.
        TeamChanged = "team_changed",
        /// A playbook was applied: the rules changed.
        PlaybookApplied = "playbook_applied",
        /// A target was set.
        TargetSet = "target_set",
        /// A score that pay goes by was set.
        ScoreSet = "score_set",
        /// A customer was given to somebody else.
        Transferred = "transferred",
        /// What was on record was corrected by hand.
        Corrected = "corrected",
        /// Do-not-contact was lifted.
        ContactLifted = "contact_lifted",
        /// A change was taken back.
        Undone = "undone",
        /// A lead file was brought in.
        Imported = "imported",
        /// An import was taken back.
        ImportUndone = "import_undone",
        /// Exported records were brought in again.
        RecordsRestored = "records_restored",
        /// A backup was made.
        BackedUp = "backed_up",
        /// A backup that was due could not be made.
        BackupFailed = "backup_failed",
        /// The database was put back from a backup.
        DatabaseRestored = "database_restored",
        /// What is personal was handed out to whom it is about.
        PrivacyExported = "privacy_exported",
        /// What is personal was erased.
        Erased = "erased",
        /// Settings of a running server were read again.
        Reloaded = "reloaded",
    }

    /// What a part of pay is for.
    PayPart {
        Base = "base",
        Process = "process",
        Order = "order",
        Channel = "channel",
        Performance = "performance",
        Coach = "coach",
    }

    /// What has to happen before a part of an order's pay is paid out.
    Release {
        OrderWon = "order_won",
        DownPayment30 = "down_payment_30",
        FullyPaid = "fully_paid",
        PolicyIssued = "policy_issued",
        CoolingOffPassed = "cooling_off_passed",
        SecondPremiumPaid = "second_premium_paid",
    }

    /// A language a playbook's texts stand in.
    Tongue { En = "en", Zh = "zh" }
}

impl Metric {
    /// The unit values of this metric are stored in.
    pub const fn unit(self) -> Unit {
        match self {
            Self::RevenueNew
            | Self::RenewalRevenue
            | Self::SignedAmount
            | Self::FirstYearPremium
            | Self::Receipts
            | Self::RefundAmount
            | Self::RevenuePerHead => Unit::Money,
            Self::TalkMinutes => Unit::Minutes,
            Self::OnTimeRate
            | Self::ExecutionRate
            | Self::ProactiveRatio
            | Self::SelfSufficiency
            | Self::QualityScore
            | Self::RenewalRateBp
            | Self::Persistency13mBp
            | Self::ConversionRateBp
            | Self::ReferralRateBp
            | Self::Attainment => Unit::Rate,
            _ => Unit::Count,
        }
    }

    /// Whether the metric is a sum of increments, kept by day and month. The others are computed from those.
    pub const fn is_summed(self) -> bool {
        !matches!(
            self,
            Self::OnTimeRate
                | Self::ExecutionRate
                | Self::ProactiveRatio
                | Self::SelfSufficiency
                | Self::QualityScore
                | Self::RenewalRateBp
                | Self::Persistency13mBp
                | Self::ConversionRateBp
                | Self::ReferralRateBp
                | Self::RevenuePerHead
                | Self::Attainment
                | Self::Gap
                | Self::Pace
                | Self::PerDayNeeded
        )
    }

    /// Whether the metric is worked out from two sums of facts, and boards show it with both.
    pub const fn is_ratio(self) -> bool {
        matches!(
            self,
            Self::OnTimeRate
                | Self::ExecutionRate
                | Self::ProactiveRatio
                | Self::SelfSufficiency
                | Self::ConversionRateBp
                | Self::ReferralRateBp
                | Self::RevenuePerHead
        )
    }
}

impl Period {
    /// The next longer one; after the longest the shortest.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Day => Self::Week,
            Self::Week => Self::Month,
            Self::Month => Self::Quarter,
            Self::Quarter => Self::Day,
        }
    }
}

impl Level {
    /// The next higher one; after the highest the lowest.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Goal => Self::Stretch,
            Self::Stretch => Self::Challenge,
            Self::Challenge => Self::Goal,
        }
    }
}

impl Way {
    /// Whether it is something that can be guessed.
    pub const fn is_guessable(self) -> bool {
        !matches!(self, Self::Key)
    }
}
