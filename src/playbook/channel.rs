//! The built-in channels; a playbook may add its own.

use crate::domain::code::ChannelCode;

use super::model::{Bilingual, Channel};

/// A built-in channel.
#[derive(Debug, Clone, Copy)]
pub struct BuiltIn {
    /// Its code.
    pub code: &'static str,
    zh: &'static str,
    en: &'static str,
    contact: Option<&'static str>,
}

/// The channel of calls.
pub const CALL: &str = "call";
/// The way of contact that can be called or texted: a phone number.
pub const PHONE: &str = "phone";

/// The built-in channels, in order.
pub const fn built_in() -> &'static [BuiltIn] {
    const fn channel(
        code: &'static str,
        zh: &'static str,
        en: &'static str,
        contact: Option<&'static str>,
    ) -> BuiltIn {
        BuiltIn { code, zh, en, contact }
    }
    const CHANNELS: &[BuiltIn] = &[
        channel(CALL, "电话", "Call", Some(PHONE)),
        channel("wechat", "微信", "WeChat", Some("wechat")),
        channel("wecom", "企业微信", "WeCom", Some("wecom")),
        channel("im", "在线客服", "Chat", Some("im")),
        channel("sms", "短信", "SMS", Some(PHONE)),
        channel("app", "应用内消息", "App", Some("app")),
        channel("visit", "到访", "Visit", None),
        channel("lesson", "课堂", "Lesson", None),
        channel("video", "视频", "Video", Some("wechat")),
        channel("partner", "渠道", "Partner", None),
    ];
    CHANNELS
}

impl BuiltIn {
    /// The kind of contact it is reached by.
    pub const fn contact(&self) -> Option<&'static str> {
        self.contact
    }
}

impl From<&BuiltIn> for Channel {
    fn from(channel: &BuiltIn) -> Self {
        Self {
            code: ChannelCode::from(channel.code),
            name: Bilingual { zh: channel.zh.to_owned(), en: channel.en.to_owned() },
            is_call: channel.code == CALL,
            contact: channel.contact.map(ChannelCode::from),
        }
    }
}
