//! Findings that say one thing of several hazards, shown as one.

use crate::domain::{
    finding::Finding,
    hazard::Hazard,
    text::{Lang, Text},
};

/// Stands in a sentence where a hazard's name stood.
const GAP: &str = "\u{0}";

/// A finding, and the hazards of which it says the same.
pub(super) struct Together {
    /// The first of them; its sentences name all hazards.
    pub finding: Finding,
    /// The hazards, in order; empty where it is about none.
    pub hazards: Vec<Hazard>,
}

/// Puts together what differs by the hazard alone: one rule, one place, one
/// verdict on the same evidence, one step. The order stays that of the first.
pub(super) fn together(findings: &[Finding]) -> Vec<Together> {
    let mut groups: Vec<(Finding, Together)> = Vec::new();
    for finding in findings {
        let bare = without_hazard(finding);
        let Some(hazard) = finding.hazard else {
            groups.push((bare, alone(finding)));
            continue;
        };
        match groups
            .iter_mut()
            .find(|(known, group)| *known == bare && !group.hazards.is_empty())
        {
            Some((_, group)) if !group.hazards.contains(&hazard) => group.hazards.push(hazard),
            Some(_) => {}
            None => groups.push((bare, alone(finding))),
        }
    }
    groups
        .into_iter()
        .map(|(bare, mut group)| {
            if group.hazards.len() > 1 {
                group.finding.message = naming(&bare.message, &group.hazards);
                group.finding.message_family = naming(&bare.message_family, &group.hazards);
                group.finding.next_step = naming(&bare.next_step, &group.hazards);
            }
            group
        })
        .collect()
}

fn alone(finding: &Finding) -> Together {
    Together {
        finding: finding.clone(),
        hazards: finding.hazard.into_iter().collect(),
    }
}

/// The finding with a gap in the place of its hazard's name.
fn without_hazard(finding: &Finding) -> Finding {
    let mut bare = finding.clone();
    if let Some(hazard) = bare.hazard.take() {
        let name = hazard.name();
        for text in [
            &mut bare.message,
            &mut bare.message_family,
            &mut bare.next_step,
        ] {
            *text = Text::new(
                text.ja.replace(&*name.ja, GAP),
                text.en.replace(&*name.en, GAP),
            );
        }
    }
    bare
}

/// The sentence with the names of all hazards in the gap.
fn naming(text: &Text, hazards: &[Hazard]) -> Text {
    Text::new(
        text.ja.replace(GAP, &names(hazards, Lang::Ja)),
        text.en.replace(GAP, &names(hazards, Lang::En)),
    )
}

/// Hazards as one list in a language.
pub(super) fn names(hazards: &[Hazard], lang: Lang) -> String {
    let between = match lang {
        Lang::Ja => "・",
        Lang::En => ", ",
    };
    hazards
        .iter()
        .map(|h| h.name().get(lang).to_owned())
        .collect::<Vec<_>>()
        .join(between)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::tests::a_finding;

    fn one_choice(hazard: Hazard) -> Finding {
        let name = hazard.name();
        Finding {
            hazard: Some(hazard),
            message: Text::new(
                format!("{}のときの避難先が1つしかありません。", name.ja),
                format!("One destination only for {}.", name.en),
            ),
            ..a_finding()
        }
    }

    #[test]
    fn what_differs_by_the_hazard_alone_is_said_once() {
        let said = together(&[one_choice(Hazard::Earthquake), one_choice(Hazard::PowerCut)]);
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].hazards, [Hazard::Earthquake, Hazard::PowerCut]);
        assert_eq!(
            said[0].finding.message.ja,
            "地震・停電のときの避難先が1つしかありません。"
        );
    }

    #[test]
    fn another_place_or_other_evidence_is_said_by_itself() {
        let there = Finding {
            site: Some("E2".to_owned()),
            ..one_choice(Hazard::PowerCut)
        };
        let mut compared = one_choice(Hazard::Flood);
        compared.evidence.0.insert("choices".to_owned(), 1.into());
        let said = together(&[one_choice(Hazard::Earthquake), there, compared]);
        assert_eq!(said.len(), 3);
    }

    #[test]
    fn what_is_about_no_hazard_stays_as_it_is() {
        let said = together(&[a_finding(), a_finding()]);
        assert_eq!(said.len(), 2);
        assert!(said.iter().all(|t| t.hazards.is_empty()));
        assert_eq!(said[0].finding, a_finding());
    }
}
