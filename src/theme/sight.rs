//! What eyes make of colours: contrast, and sight without green cones. For the tests of themes.

/// Contrast ratio of two colours, 1 to 21 (WCAG 2.2).
pub fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// What a person without green cones sees, in linear light (Machado, Oliveira and Fernandes 2009, severity 1).
pub fn deuteranopia(colour: [u8; 3]) -> [f64; 3] {
    let [r, g, b] = colour.map(linear);
    [
        0.367_322 * r + 0.860_646 * g - 0.227_968 * b,
        0.280_085 * r + 0.672_501 * g + 0.047_413 * b,
        -0.011_820 * r + 0.042_940 * g + 0.968_881 * b,
    ]
}

/// Distance of two colours given in linear light (CIE 1976, 2.3 is just noticeable side by side).
pub fn difference(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (a, b) = (lab(a), lab(b));
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

fn luminance(colour: [u8; 3]) -> f64 {
    let [r, g, b] = colour.map(linear);
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn linear(part: u8) -> f64 {
    let part = f64::from(part) / 255.0;
    if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
}

fn lab(colour: [f64; 3]) -> [f64; 3] {
    let [r, g, b] = colour.map(|part| part.clamp(0.0, 1.0));
    let curve = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
    let across = curve((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.950_47);
    let up = curve(0.2126 * r + 0.7152 * g + 0.0722 * b);
    let deep = curve((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.088_83);
    [116.0 * up - 16.0, 500.0 * (across - up), 200.0 * (up - deep)]
}
