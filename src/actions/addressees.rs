//! Sorts what is told by who is told: the roles that an alert concerns by now, in its project's unit and those above it.

use crate::domain::attend::audience;
use crate::domain::code::{ProjectCode, UnitCode};
use crate::domain::contact::{Contact, ContactRole};
use crate::domain::letter::Recipient;
use crate::domain::policy::Policy;
use crate::domain::project::Project;
use crate::storage::units::{self, UnitRow};
use std::collections::{BTreeMap, HashMap};

use super::news::News;

/// Everybody who is told, by unit.
pub struct AddressBook<'values> {
    units: &'values [UnitRow],
    by_unit: HashMap<&'values str, Vec<&'values Contact>>,
    chains: HashMap<UnitCode, Vec<UnitCode>>,
}

impl<'values> AddressBook<'values> {
    /// The book of these contacts.
    #[must_use]
    pub fn new(units: &'values [UnitRow], contacts: &'values [Contact]) -> AddressBook<'values> {
        let mut by_unit: HashMap<&str, Vec<&Contact>> = HashMap::new();
        for contact in contacts {
            by_unit.entry(contact.unit.as_str()).or_default().push(contact);
        }
        AddressBook { units, by_unit, chains: HashMap::new() }
    }

    /// Who is told of a matter of a project, one entry per address, under the highest of the roles in which he is
    /// concerned. Where nobody holds the roles concerned, whoever answers for the project at all: nothing that is to be
    /// told stays unheard while somebody is there to hear it.
    pub fn recipients(&mut self, project: &Project, news: &News, policy: &Policy) -> Vec<Recipient> {
        let roles = audience(&news.alert, policy);
        let concerned = self.of(&project.unit, &project.code);
        let of_roles = |roles: &[ContactRole]| -> Vec<&Contact> {
            concerned.iter().copied().filter(|contact| roles.contains(&contact.role)).collect()
        };
        let mut chosen = of_roles(&roles);
        for instead in [&[ContactRole::Officer, ContactRole::Head][..], &[ContactRole::Leader][..]] {
            if chosen.is_empty() {
                chosen = of_roles(instead);
            }
        }
        let mut by_address: BTreeMap<&str, Recipient> = BTreeMap::new();
        for contact in chosen {
            let known = by_address.entry(contact.email.as_str()).or_insert_with(|| Recipient::of(contact));
            if contact.role > known.role {
                *known = Recipient::of(contact);
            }
        }
        by_address.into_values().collect()
    }

    /// The contacts of the unit and those above it that cover the project.
    fn of(&mut self, unit: &UnitCode, project: &ProjectCode) -> Vec<&'values Contact> {
        let all = self.units;
        let chain = self.chains.entry(unit.clone()).or_insert_with(|| units::chain(all, unit));
        let contacts = chain.iter().filter_map(|unit| self.by_unit.get(unit.as_str())).flatten().copied();
        contacts.filter(|contact| contact.covers(project)).collect()
    }
}
