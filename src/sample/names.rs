//! Names of people who do not exist: surnames as common as they are in China, given names of the characters in use.

use crate::sample::chance::Chance;

/// The commonest surnames with how many of ten thousand people have them (the 2020 census' order and rough shares).
const SURNAMES: &[(&str, u32)] = &[
    ("王", 720),
    ("李", 718),
    ("张", 675),
    ("刘", 513),
    ("陈", 450),
    ("杨", 308),
    ("黄", 222),
    ("赵", 206),
    ("吴", 200),
    ("周", 190),
    ("徐", 143),
    ("孙", 138),
    ("马", 123),
    ("朱", 115),
    ("胡", 114),
    ("郭", 110),
    ("何", 105),
    ("林", 104),
    ("高", 98),
    ("罗", 92),
    ("郑", 87),
    ("梁", 84),
    ("谢", 76),
    ("宋", 71),
    ("唐", 68),
    ("许", 66),
    ("邓", 63),
    ("韩", 62),
    ("冯", 60),
    ("曹", 57),
    ("彭", 55),
    ("曾", 52),
    ("肖", 51),
    ("田", 49),
    ("董", 48),
    ("潘", 47),
    ("袁", 47),
    ("蔡", 46),
    ("蒋", 46),
    ("余", 45),
    ("于", 44),
    ("杜", 43),
    ("叶", 43),
    ("程", 42),
    ("魏", 41),
    ("苏", 40),
    ("吕", 39),
    ("丁", 38),
    ("任", 37),
    ("沈", 36),
    ("姚", 34),
    ("卢", 33),
    ("姜", 32),
    ("崔", 31),
    ("钟", 30),
    ("谭", 29),
    ("陆", 28),
    ("汪", 27),
    ("范", 26),
    ("金", 25),
    ("石", 24),
    ("廖", 23),
    ("贾", 22),
    ("夏", 21),
    ("韦", 20),
    ("付", 19),
    ("方", 18),
    ("白", 17),
    ("邹", 16),
    ("孟", 15),
    ("欧阳", 6),
    ("上官", 2),
];

/// Given names of women of the age to be mothers or colleagues.
const WOMEN: &[&str] = &[
    "敏", "静", "丽", "娟", "艳", "霞", "婷", "雪", "慧", "颖", "莉", "琳", "洁", "倩", "玲", "燕", "丹",
    "萍", "晓燕", "雅婷", "思雨", "佳怡", "梦瑶", "欣悦", "晓雯", "海燕", "春梅", "丽华", "玉兰", "美玲",
    "小红", "文静", "淑芳", "秀英", "桂兰", "一诺", "若曦", "子涵", "雨桐", "诗涵",
];

/// Given names of men of the same ages.
const MEN: &[&str] = &[
    "伟", "强", "磊", "军", "勇", "杰", "涛", "超", "明", "刚", "平", "辉", "鹏", "华", "飞", "波", "斌",
    "宇", "浩", "凯", "志强", "建国", "建华", "俊杰", "文博", "子轩", "浩然", "天宇", "志远", "家豪", "晓东",
    "海涛", "国庆", "永刚", "立军", "少华", "一鸣", "泽宇", "嘉豪", "明哲",
];

/// Names given to children of today.
const CHILDREN: &[&str] = &[
    "乐乐", "梓涵", "一诺", "沐宸", "宇轩", "欣怡", "子墨", "依诺", "浩宇", "语桐", "可馨", "睿泽", "若汐",
    "奕辰", "诗琪", "糖糖", "果果", "豆豆", "佑佑", "朵朵", "思远", "嘉懿", "亦菲", "景行", "知夏",
];

/// Cities with how many of the leads come from there.
const CITIES: &[(&str, u32)] = &[
    ("北京", 12),
    ("上海", 12),
    ("广州", 9),
    ("深圳", 9),
    ("杭州", 8),
    ("成都", 8),
    ("武汉", 6),
    ("南京", 6),
    ("苏州", 5),
    ("重庆", 5),
    ("西安", 4),
    ("长沙", 4),
    ("郑州", 4),
    ("青岛", 3),
    ("宁波", 3),
    ("合肥", 3),
    ("佛山", 2),
    ("济南", 2),
];

/// Where leads come from, with how many do.
const SOURCES: &[(&str, u32)] = &[
    ("抖音直播", 26),
    ("小红书", 18),
    ("公众号", 14),
    ("地推", 10),
    ("老客户介绍", 9),
    ("搜索广告", 13),
    ("展会", 6),
    ("异业合作", 4),
];

/// Whose name it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A woman.
    Woman,
    /// A man.
    Man,
    /// A child.
    Child,
}

/// A surname.
pub fn surname(chance: &mut Chance) -> &'static str {
    weighed(chance, SURNAMES)
}

/// A given name.
pub fn given(chance: &mut Chance, who: Who) -> &'static str {
    let list = match who {
        Who::Woman => WOMEN,
        Who::Man => MEN,
        Who::Child => CHILDREN,
    };
    chance.pick(list).copied().unwrap_or_default()
}

/// A grown person's whole name.
pub fn grown(chance: &mut Chance) -> String {
    let who = if chance.hits(5_000) { Who::Woman } else { Who::Man };
    format!("{}{}", surname(chance), given(chance, who))
}

/// A city.
pub fn city(chance: &mut Chance) -> &'static str {
    weighed(chance, CITIES)
}

/// Where a lead comes from.
pub fn source(chance: &mut Chance) -> &'static str {
    weighed(chance, SOURCES)
}

fn weighed(chance: &mut Chance, list: &'static [(&'static str, u32)]) -> &'static str {
    let place = chance.weighed(list.iter().map(|(_, weight)| *weight));
    list.get(place).map(|(name, _)| *name).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commonest_surnames_are_the_commonest_here() {
        let mut chance = Chance::new(1);
        let drawn: Vec<&str> = (0..20_000).map(|_| surname(&mut chance)).collect();
        let count = |name: &str| drawn.iter().filter(|drawn| **drawn == name).count();
        // 720 of the 7,139 that the list adds up to, of 20,000 draws: about 2,000
        assert!((1_750..2_300).contains(&count("王")), "{}", count("王"));
        assert!(count("王") > count("周") && count("周") > count("欧阳"));
    }

    #[test]
    fn names_have_two_to_four_characters() {
        let mut chance = Chance::new(2);
        for _ in 0..1_000 {
            let name = grown(&mut chance);
            assert!((2..=4).contains(&name.chars().count()), "{name}");
        }
        assert!(CHILDREN.iter().all(|name| !name.is_empty()));
    }
}
