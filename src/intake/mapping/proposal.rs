//! Proposes what the columns of a lead file mean, from their names and first rows.

use std::collections::BTreeMap;

use super::{Column, LeadField, Mapping, Vocabulary, folded};
use crate::domain::phone::{Region, parse_cell};

/// Column names seen in lead lists, as [`bare`] writes them.
const SYNONYMS: [(LeadField, &[&str]); 13] = [
    (
        LeadField::Phone,
        &[
            "手机",
            "手机号",
            "手机号码",
            "手機",
            "手機號",
            "手機號碼",
            "电话",
            "电话号码",
            "電話",
            "电话1",
            "电话2",
            "手机1",
            "手机2",
            "電話號碼",
            "電話番号",
            "行動電話",
            "携帯電話",
            "联系电话",
            "联系手机",
            "联系方式",
            "聯繫電話",
            "聯絡電話",
            "客户电话",
            "客户手机",
            "家长电话",
            "家长手机",
            "家长手机号",
            "备用电话",
            "其他电话",
            "座机",
            "固话",
            "mobile",
            "mobilephone",
            "mobileno",
            "mobilenumber",
            "phone",
            "phoneno",
            "phonenumber",
            "phone1",
            "phone2",
            "tel",
            "telephone",
            "telephonenumber",
            "cell",
            "cellphone",
            "contactnumber",
            "contactno",
        ],
    ),
    (
        LeadField::Name,
        &[
            "姓名",
            "客户姓名",
            "家长姓名",
            "联系人",
            "联系人姓名",
            "称呼",
            "昵称",
            "氏名",
            "名前",
            "客户",
            "name",
            "fullname",
            "customername",
            "contactname",
            "contact",
            "leadname",
            "parentname",
            "clientname",
        ],
    ),
    (
        LeadField::CustomerName,
        &[
            "家庭",
            "家庭名称",
            "客户名称",
            "公司",
            "公司名称",
            "企业名称",
            "单位",
            "household",
            "householdname",
            "family",
            "familyname",
            "company",
            "companyname",
            "account",
            "accountname",
        ],
    ),
    (
        LeadField::WeChat,
        &["微信", "微信号", "微信id", "微信號", "wechat", "wechatid", "weixin", "wx", "wxid"],
    ),
    (
        LeadField::ExternalId,
        &[
            "编号",
            "線索編號",
            "线索编号",
            "线索id",
            "客户编号",
            "客户id",
            "序号id",
            "id",
            "externalid",
            "leadid",
            "leadnumber",
            "leadno",
            "prospectid",
            "customerid",
            "recordid",
            "uuid",
        ],
    ),
    (
        LeadField::Source,
        &[
            "来源",
            "來源",
            "渠道",
            "线索来源",
            "客户来源",
            "来源渠道",
            "source",
            "leadsource",
            "channel",
            "origin",
        ],
    ),
    (
        LeadField::Owner,
        &[
            "负责人",
            "負責人",
            "跟进人",
            "归属人",
            "销售",
            "顾问",
            "owner",
            "leadowner",
            "assignedto",
            "assignee",
            "salesrep",
            "rep",
        ],
    ),
    (
        LeadField::Note,
        &[
            "备注",
            "備註",
            "说明",
            "跟进记录",
            "留言",
            "note",
            "notes",
            "remark",
            "remarks",
            "comment",
            "comments",
        ],
    ),
    (LeadField::Tag, &["标签", "標籤", "客户标签", "tag", "tags", "label", "labels"]),
    (
        LeadField::DoNotCall,
        &["免打扰", "勿扰", "请勿致电", "禁拨", "黑名单", "donotcall", "dnc", "donotcontact", "donotdisturb"],
    ),
    (
        LeadField::CreatedAt,
        &[
            "创建时间",
            "創建時間",
            "创建日期",
            "录入时间",
            "留资时间",
            "提交时间",
            "报名时间",
            "日期",
            "createdat",
            "created",
            "createdon",
            "createddate",
            "createtime",
            "date",
            "leaddate",
        ],
    ),
    (LeadField::City, &["城市", "所在城市", "市", "地区", "city", "town", "location"]),
    (LeadField::Role, &["角色", "身份", "关系", "role", "relation", "relationship"]),
];

/// Cells that mean "not answered" in lists of many makers.
const UNANSWERED: [&str; 14] = [
    "select", "n/a", "#n/a", "#ref!", "#value!", "#name?", "#div/0!", "null", "\\n", "none", "nan", "无",
    "未知", "-",
];
/// So many sample cells at least must be numbers before an unnamed column is taken for one of numbers.
const PHONES_MIN: usize = 3;

/// Says whether a column's name is known, whatever language it is in.
pub fn is_known_header(header: &str) -> bool {
    let bare = bare(header);
    SYNONYMS.iter().any(|(_, names)| names.contains(&bare.as_str()))
}

/// Proposes a mapping for columns of these names with these first rows.
///
/// A name decides first; a column with no known name whose cells are telephone numbers (of `region`, or with a
/// country code) is proposed as one. Of two columns for a field that takes one, the first is proposed.
pub fn propose(
    headers: &[String],
    sample: &[Vec<String>],
    vocabulary: &Vocabulary,
    region: &Region,
) -> Mapping {
    let mut mapping = Mapping { roles: vocabulary.roles.clone(), ..Mapping::default() };
    let mut taken: Vec<LeadField> = Vec::new();
    for (index, header) in headers.iter().enumerate() {
        let field = named(header, vocabulary)
            .or_else(|| holds_phones(index, sample, region).then_some(LeadField::Phone));
        let Some(field) = field.filter(|field| field.takes_several() || !taken.contains(field)) else {
            continue;
        };
        taken.push(field.clone());
        let values = BTreeMap::new();
        mapping.columns.push(Column { header: header.clone(), index, fields: vec![field], values });
    }
    mapping.ignore_values = vec![String::new()];
    for cell in sample.iter().flatten() {
        let cell = cell.trim();
        if UNANSWERED.contains(&folded(cell).as_str())
            && !mapping.ignore_values.iter().any(|known| known == cell)
        {
            mapping.ignore_values.push(cell.to_owned());
        }
    }
    mapping
}

fn named(header: &str, vocabulary: &Vocabulary) -> Option<LeadField> {
    let bare_header = bare(header);
    let built_in = SYNONYMS.iter().find(|(_, names)| names.contains(&bare_header.as_str()));
    built_in.map(|(field, _)| field.clone()).or_else(|| {
        let names_it = |name: &str| bare(name) == bare_header && !bare_header.is_empty();
        let target = vocabulary
            .fields
            .iter()
            .find(|t| names_it(t.code.as_str()) || t.names.iter().any(|name| names_it(name)))?;
        Some(LeadField::Custom(target.code.clone()))
    })
}

/// Says whether most of a column's cells, and enough of them, are telephone numbers.
fn holds_phones(index: usize, sample: &[Vec<String>], region: &Region) -> bool {
    let cells: Vec<&String> =
        sample.iter().filter_map(|row| row.get(index)).filter(|cell| !cell.trim().is_empty()).collect();
    let phones = cells.iter().filter(|cell| parse_cell(cell, region).iter().any(Result::is_ok)).count();
    phones >= PHONES_MIN && phones * 10 >= cells.len() * 6
}

/// A name without case, spaces, signs and what stands in brackets behind it, as the ` (2)` of a repeated column.
fn bare(name: &str) -> String {
    let folded = folded(name);
    let first = folded.split_once('(').map_or(folded.as_str(), |(first, _)| first);
    first.chars().filter(|c| c.is_alphanumeric()).collect()
}
