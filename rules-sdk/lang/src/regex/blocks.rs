//! Categories and blocks of Unicode, by the names that .NET's `\p{…}` knows.

/// Categories of Unicode, as .NET has them.
pub(super) const CATEGORIES: &[&str] = &[
    "C", "Cc", "Cf", "Cn", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn",
    "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm",
    "So", "Z", "Zl", "Zp", "Zs",
];

/// Blocks of Unicode, by .NET's names.
pub(super) const BLOCKS: &[(&str, u32, u32)] = &[
    ("Arabic", 0x600, 0x6ff),
    ("Armenian", 0x530, 0x58f),
    ("BasicLatin", 0, 0x7f),
    ("Bopomofo", 0x3100, 0x312f),
    ("CJKSymbolsandPunctuation", 0x3000, 0x303f),
    ("CJKUnifiedIdeographs", 0x4e00, 0x9fff),
    ("CombiningDiacriticalMarks", 0x300, 0x36f),
    ("CurrencySymbols", 0x20a0, 0x20cf),
    ("Cyrillic", 0x400, 0x4ff),
    ("CyrillicSupplement", 0x500, 0x52f),
    ("Devanagari", 0x900, 0x97f),
    ("GeneralPunctuation", 0x2000, 0x206f),
    ("Georgian", 0x10a0, 0x10ff),
    ("Greek", 0x370, 0x3ff),
    ("GreekandCoptic", 0x370, 0x3ff),
    ("GreekExtended", 0x1f00, 0x1fff),
    ("HalfwidthandFullwidthForms", 0xff00, 0xffef),
    ("HangulJamo", 0x1100, 0x11ff),
    ("HangulSyllables", 0xac00, 0xd7af),
    ("Hebrew", 0x590, 0x5ff),
    ("Hiragana", 0x3040, 0x309f),
    ("IPAExtensions", 0x250, 0x2af),
    ("Katakana", 0x30a0, 0x30ff),
    ("Latin-1Supplement", 0x80, 0xff),
    ("LatinExtended-A", 0x100, 0x17f),
    ("LatinExtended-B", 0x180, 0x24f),
    ("LatinExtendedAdditional", 0x1e00, 0x1eff),
    ("LetterlikeSymbols", 0x2100, 0x214f),
    ("NumberForms", 0x2150, 0x218f),
    ("SpacingModifierLetters", 0x2b0, 0x2ff),
    ("Thai", 0xe00, 0xe7f),
];
