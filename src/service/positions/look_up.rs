//! Where an address is, by the lists of towns and blocks that are in force.

use std::collections::{HashMap, hash_map::Entry};

use crate::{
    domain::{
        address::{Meant, TownKey, towns_alike, towns_meant, within},
        municipality::{self, MunicipalityCode},
        position::{Position, PositionAccuracy},
        text::Text,
    },
    service::ServiceError,
    spatial::position::metres_between,
    store::{TownRow, TownSource, Tx},
};

/// More candidates than this are not listed: nobody reads them.
const LISTED: usize = 20;

/// A place that an address may mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Municipality, town and block, as the list writes them.
    pub name: String,
    /// Its centre.
    pub position: Position,
    /// How exact that is for a house there.
    pub accuracy: PositionAccuracy,
    /// The list.
    pub source: TownSource,
}

impl Candidate {
    /// What a form says of it: two towns may have one name.
    pub fn code(&self) -> String {
        let at = self.position;
        format!("{} {:.6},{:.6}", self.name, at.lat(), at.lon())
    }
}

/// What an address leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Lookup {
    /// One place.
    Found(Candidate),
    /// Several, of which the address does not say which.
    Several(Vec<Candidate>),
    /// None.
    Nothing(NoPlace, Vec<Candidate>),
}

/// Why an address leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPlace {
    /// There is no address.
    NoAddress,
    /// No list of towns of the municipality is in force.
    NoList,
    /// The address names another municipality than the home's.
    OtherMunicipality,
    /// No town of the list fits.
    NoTown,
    /// The town is known by its blocks alone, and this one is not among them.
    NoBlock,
}

impl NoPlace {
    /// The reason, and what to do.
    pub const fn text(self) -> Text {
        match self {
            Self::NoAddress => Text::fixed(
                "住所が登録されていません。住所を確かめてください。",
                "there is no address on record: find out the address",
            ),
            Self::NoList => Text::fixed(
                "この市町村の町の一覧が取り込まれていません。",
                "no list of towns of this municipality has been imported",
            ),
            Self::OtherMunicipality => Text::fixed(
                "住所が、登録されている市町村と違う市町村のものです。",
                "the address is in another municipality than the one on record",
            ),
            Self::NoTown => Text::fixed(
                "住所に合う町が、町の一覧にありません。",
                "no town of the list fits the address",
            ),
            Self::NoBlock => Text::fixed(
                "町は分かりますが、番地が一覧にありません。",
                "the town is known, but not this block or lot",
            ),
        }
    }
}

/// Looks addresses up; keeps the towns of a municipality for the next one.
#[derive(Default)]
pub struct Finder(HashMap<MunicipalityCode, Vec<TownRow>>);

impl Finder {
    /// Where an address of a municipality is.
    pub async fn find(
        &mut self,
        tx: &mut Tx,
        code: MunicipalityCode,
        address: Option<&str>,
    ) -> Result<Lookup, ServiceError> {
        let nothing = |why| Ok(Lookup::Nothing(why, Vec::new()));
        let Some(address) = address.filter(|text| !text.trim().is_empty()) else {
            return nothing(NoPlace::NoAddress);
        };
        let code = ward_in(code, address);
        let towns = self.towns(tx, code).await?;
        if towns.is_empty() {
            return nothing(NoPlace::NoList);
        }
        let Some(rest) = rest_of(address, code) else {
            return nothing(NoPlace::OtherMunicipality);
        };
        let keys: Vec<(TownKey, TownKey)> = towns.iter().map(|town| town.key.clone()).collect();
        let meant = towns_meant(&rest, &keys);
        if meant.is_empty() {
            let alike = towns_alike(&rest, &keys);
            let alike = alike.into_iter().take(LISTED);
            let alike = alike.filter_map(|place| centre(&towns[place]));
            return Ok(Lookup::Nothing(NoPlace::NoTown, alike.collect()));
        }
        let mut found: Vec<Candidate> = Vec::new();
        for one in &meant {
            let Some(candidate) = place(tx, &towns[one.town], one).await? else {
                continue;
            };
            if !found.contains(&candidate) {
                found.push(candidate);
            }
        }
        let one_only = found.len() == 1 && meant.len() == 1;
        Ok(match found.pop() {
            None => Lookup::Nothing(NoPlace::NoBlock, Vec::new()),
            Some(only) if one_only => Lookup::Found(only),
            Some(last) => {
                found.push(last);
                found.truncate(LISTED);
                Lookup::Several(found)
            }
        })
    }

    async fn towns(
        &mut self,
        tx: &mut Tx,
        code: MunicipalityCode,
    ) -> Result<&[TownRow], ServiceError> {
        Ok(match self.0.entry(code) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(tx.towns_of(&codes_of(code)).await?),
        })
    }
}

/// Every town of a municipality with a centre, in the order of the list, for
/// somebody to choose from.
pub async fn towns(tx: &mut Tx, code: MunicipalityCode) -> Result<Vec<Candidate>, ServiceError> {
    let towns = tx.towns_of(&codes_of(code)).await?;
    Ok(towns.iter().filter_map(centre).collect())
}

/// The municipality and, of a city with wards that is named as a whole, its wards.
pub(super) fn codes_of(code: MunicipalityCode) -> Vec<String> {
    let wards = municipality::all().filter(|m| m.parent == Some(code.as_str()));
    std::iter::once(code.as_str())
        .chain(wards.map(|m| m.code))
        .map(str::to_owned)
        .collect()
}

/// The ward that the address names, where the home is known by its city alone.
fn ward_in(code: MunicipalityCode, address: &str) -> MunicipalityCode {
    let prefecture = code.row().map_or("", |row| row.prefecture);
    let form = crate::domain::text::key_form(address);
    let text = form.strip_prefix(prefecture).unwrap_or(&form);
    municipality::all()
        .filter(|m| m.parent == Some(code.as_str()) && text.starts_with(m.name))
        .find_map(|m| MunicipalityCode::parse(m.code).ok())
        .unwrap_or(code)
}

/// The address behind the names of its municipality; `None`: it names another.
fn rest_of(address: &str, code: MunicipalityCode) -> Option<String> {
    let row = code.row()?;
    let parent = municipality::all().find(|m| row.parent == Some(m.code));
    let mut own = row.names();
    own.extend(parent.map(|city| city.name));
    let others: Vec<&str> = municipality::all()
        .filter(|m| m.prefecture == row.prefecture && m.code != row.code)
        .filter(|m| parent.is_none_or(|city| city.code != m.code))
        .flat_map(municipality::Municipality::names)
        .collect();
    within(address, row.prefecture, &own, &others)
}

fn centre(town: &TownRow) -> Option<Candidate> {
    Some(Candidate {
        name: format!("{}{}", town.municipality.name(), town.name),
        position: town.position?,
        accuracy: PositionAccuracy::TownCentroid,
        source: town.source.clone(),
    })
}

/// The block where the list knows it, else the centre of the town.
async fn place(
    tx: &mut Tx,
    town: &TownRow,
    meant: &Meant,
) -> Result<Option<Candidate>, ServiceError> {
    if let Some(block) = &meant.block {
        let blocks = tx.blocks_of(town, block).await?;
        let within = PositionAccuracy::Block.metres();
        if let Some(first) = blocks.first()
            && blocks
                .iter()
                .all(|other| metres_between(first.position, other.position) <= within)
        {
            return Ok(Some(Candidate {
                name: format!("{}{} {block}", town.municipality.name(), town.name),
                position: first.position,
                accuracy: PositionAccuracy::Block,
                source: first.source.clone(),
            }));
        }
    }
    Ok(centre(town))
}
