//! What the program is about: children, homes, sites, hazards, plans and the
//! words of the law. Nothing here does I/O, awaits, or reads a clock.

/// An enum of fixed words: each with its word in the database and in forms, and
/// its name for people.
macro_rules! coded {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal, $ja:literal, $en:literal;)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            /// Every one, in the order in which people choose.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word in the database and in forms.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The one of a word.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }

            /// The name for people.
            pub const fn name(self) -> $crate::domain::text::Text {
                match self { $(Self::$variant => $crate::domain::text::Text::fixed($ja, $en),)* }
            }
        }
    };
}

pub mod access;
pub mod address;
pub mod audit;
pub mod calendar;
pub mod child;
pub mod consent;
pub mod coverage;
pub mod data_set;
pub mod depth_text;
pub mod device;
pub mod diagnosis;
pub mod duty;
pub mod emergency;
pub mod ending;
pub mod family;
pub mod family_check;
pub mod finding;
pub mod generator;
pub mod hand_message;
pub mod hazard;
pub mod id;
pub mod letter;
pub mod loan;
pub mod loan_report;
pub mod mail;
pub mod municipality;
pub mod names;
pub mod night;
pub mod outage;
pub mod parameters;
pub mod password;
pub mod place_answer;
pub mod plan;
pub mod position;
pub mod power;
pub mod print_number;
pub mod residence;
pub mod retention;
pub mod rights;
pub mod site;
pub mod site_entry;
pub mod site_filter;
pub mod site_sheet;
pub mod text;
pub mod warning;
