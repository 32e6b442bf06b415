//! Colours as people see them who lack one kind of cones, and how far two colours are apart.
#![expect(clippy::many_single_char_names, reason = "the names are those of the papers")]

use super::super::sight::linear;

/// A way of seeing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sight {
    Full,
    /// Without the cones for long waves.
    Protan,
    /// Without the cones for middle waves.
    Deutan,
    /// Without the cones for short waves.
    Tritan,
}

impl Sight {
    pub const ALL: [Self; 4] = [Self::Full, Self::Protan, Self::Deutan, Self::Tritan];

    /// What is made of red, green and blue in linear light: Machado, Oliveira and Fernandes, "A Physiologically-based Model
    /// for Simulation of Color Vision Deficiency" (2009), table 1, severity 1.0.
    const fn matrix(self) -> [[f64; 3]; 3] {
        match self {
            Self::Full => [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            Self::Protan => [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
            Self::Deutan => [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
            Self::Tritan => [
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ],
        }
    }

    fn see(self, colour: [u8; 3]) -> [f64; 3] {
        let light = colour.map(linear);
        self.matrix().map(|row| row.iter().zip(light).map(|(m, part)| m * part).sum::<f64>().clamp(0.0, 1.0))
    }

    /// How far two colours are apart to these eyes, by CIEDE2000: 1 is just noticed side by side, red and green of a
    /// traffic light are some 70 apart to full sight.
    pub fn apart(self, a: [u8; 3], b: [u8; 3]) -> f64 {
        ciede2000(lab(self.see(a)), lab(self.see(b)))
    }
}

/// CIE L*a*b* under D65.
fn lab([r, g, b]: [f64; 3]) -> [f64; 3] {
    let curve = |t: f64| if t > 216.0 / 24_389.0 { t.cbrt() } else { (24_389.0 / 27.0 * t + 16.0) / 116.0 };
    let x = curve((0.412_456_4 * r + 0.357_576_1 * g + 0.180_437_5 * b) / 0.950_47);
    let y = curve(0.212_672_9 * r + 0.715_152_2 * g + 0.072_175_0 * b);
    let z = curve((0.019_333_9 * r + 0.119_192_0 * g + 0.950_304_1 * b) / 1.088_83);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// The colour difference CIEDE2000, after Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference Formula" (2005); the names
/// are theirs.
fn ciede2000([l1, a1, b1]: [f64; 3], [l2, a2, b2]: [f64; 3]) -> f64 {
    let seventh = |c: f64| (c.powi(7) / (c.powi(7) + 25_f64.powi(7))).sqrt();
    let mean_c = f64::midpoint(a1.hypot(b1), a2.hypot(b2));
    let g = 0.5 * (1.0 - seventh(mean_c));
    let (a1, a2) = ((1.0 + g) * a1, (1.0 + g) * a2);
    let (c1, c2) = (a1.hypot(b1), a2.hypot(b2));
    let hue = |a: f64, b: f64| b.atan2(a).to_degrees().rem_euclid(360.0);
    let (h1, h2) = (hue(a1, b1), hue(a2, b2));
    let grey = c1 * c2 == 0.0;
    let turn = match h2 - h1 {
        _ if grey => 0.0,
        turn if turn > 180.0 => turn - 360.0,
        turn if turn < -180.0 => turn + 360.0,
        turn => turn,
    };
    let (dl, dc) = (l2 - l1, c2 - c1);
    let dh = 2.0 * (c1 * c2).sqrt() * (turn / 2.0).to_radians().sin();
    let (l, c) = (f64::midpoint(l1, l2), f64::midpoint(c1, c2));
    let h = match h1 + h2 {
        sum if grey => sum,
        sum if (h1 - h2).abs() <= 180.0 => sum / 2.0,
        sum if sum < 360.0 => f64::midpoint(sum, 360.0),
        sum => (sum - 360.0) / 2.0,
    };
    let wave = |factor: f64, times: f64, shift: f64| factor * (times * h + shift).to_radians().cos();
    let t =
        1.0 - wave(0.17, 1.0, -30.0) + wave(0.24, 2.0, 0.0) + wave(0.32, 3.0, 6.0) - wave(0.20, 4.0, -63.0);
    let theta = 30.0 * (-((h - 275.0) / 25.0).powi(2)).exp();
    let sl = 1.0 + 0.015 * (l - 50.0).powi(2) / (20.0 + (l - 50.0).powi(2)).sqrt();
    let (sc, sh) = (1.0 + 0.045 * c, 1.0 + 0.015 * c * t);
    let rt = -(2.0 * theta).to_radians().sin() * 2.0 * seventh(c);
    let (dl, dc, dh) = (dl / sl, dc / sc, dh / sh);
    (dl * dl + dc * dc + dh * dh + rt * dc * dh).sqrt()
}

#[test]
fn the_distance_is_that_of_the_published_pairs() {
    // Sharma, Wu and Dalal, table 1: pairs 1, 7, 14, 17, 25 and 31
    for (a, b, expected) in [
        ([50.0, 2.677_2, -79.775_1], [50.0, 0.0, -82.748_5], 2.042_5),
        ([50.0, 0.0, 0.0], [50.0, -1.0, 2.0], 2.366_9),
        ([50.0, -0.001, 2.49], [50.0, 0.001_1, -2.49], 4.746_1),
        ([50.0, 2.5, 0.0], [73.0, 25.0, -18.0], 27.149_2),
        ([60.257_4, -34.009_9, 36.267_7], [60.462_6, -34.175_1, 39.438_7], 1.264_4),
        ([22.723_3, 20.090_4, -46.694], [23.033_1, 14.973, -42.561_9], 2.037_3),
    ] {
        let seen = ciede2000(a, b);
        assert!((seen - expected).abs() < 0.000_1, "{a:?} {b:?}: {seen}");
    }
}

#[test]
fn each_way_of_seeing_confuses_what_it_is_known_to_confuse() {
    // chosen of like lightness; red and green for the first two, blue and green for the last
    let (red, green) = ([0xc8, 0x50, 0x32], [0x78, 0x78, 0x28]);
    assert!(Sight::Full.apart(red, green) > 30.0);
    assert!(Sight::Deutan.apart(red, green) < 10.0, "{}", Sight::Deutan.apart(red, green));
    let (blue, teal) = ([0x00, 0x78, 0x8c], [0x00, 0x7d, 0x64]);
    assert!(Sight::Full.apart(blue, teal) > 2.0 * Sight::Tritan.apart(blue, teal));
}

#[test]
fn white_and_grey_stay_what_they_are_to_everybody() {
    for sight in Sight::ALL {
        assert!(sight.apart([255; 3], [255; 3]) < 0.001);
        let grey = sight.see([128; 3]);
        assert!(grey.iter().all(|part| (part - linear(128)).abs() < 0.001), "{sight:?} {grey:?}");
    }
}
