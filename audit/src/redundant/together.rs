//! That what is redundant one by one is so together: two rules may each stand in for the other, and not both go.

use assay_engine::oslo::Rules;
use assay_engine::oslo::enforcer::{Enforcer, Options};

use super::{Merged, Override, Relation, decide_alike};
use crate::meaning::{Analysis, Side, Subject};
use crate::policy::{InputError, Loaded};

/// Takes back what cannot go with the others.
pub(super) fn confirm(
    loaded: &Loaded,
    merged: &Merged<'_>,
    found: &mut [Override],
) -> Result<(), InputError> {
    let goes = |one: &Override| one.relation.is_redundant() && one.relation != Relation::Shadowed;
    let all: Vec<usize> = (0..found.len()).filter(|index| goes(&found[*index])).collect();
    let names = |indices: &[usize], found: &[Override]| -> Vec<String> {
        indices.iter().map(|index| found[*index].name.clone()).collect()
    };
    if decides_alike(loaded, merged, &names(&all, found))? {
        return Ok(());
    }
    let mut kept = Vec::new();
    for index in all {
        kept.push(index);
        if !decides_alike(loaded, merged, &names(&kept, found))? {
            kept.pop();
            let why = "alone it could go, but not together with those before it".to_owned();
            found[index].relation = Relation::Undecided(why);
        }
    }
    Ok(())
}

fn decides_alike(loaded: &Loaded, merged: &Merged<'_>, removed: &[String]) -> Result<bool, InputError> {
    if removed.is_empty() {
        return Ok(true);
    }
    let failed = |error: &dyn std::fmt::Display| InputError::Text(error.to_string());
    let options = Options { enforce_new_defaults: loaded.enforce_new_defaults, ..Options::default() };
    let enforcer = Enforcer::builder(options).build();
    let defaults = loaded.defaults.rules().iter().cloned();
    enforcer.register_defaults(defaults).map_err(|error| failed(&error))?;
    let rest = merged.without(&|name| removed.iter().any(|removed| removed == name))?;
    let after = enforcer.take_files([rest]);
    let before = loaded.policy.rules();
    let changed = |name: &str| before.get(name) != after.rules().get(name);
    if !names(after.rules()).any(|name| changed(&name)) {
        return Ok(true);
    }
    let sides = [before.clone(), after.rules().clone()].map(|rules| Side::new(rules, []));
    let [one, other] = sides;
    let (one, other) = (one.map_err(|error| failed(&error))?, other.map_err(|error| failed(&error))?);
    let Ok(analysis) = Analysis::of(&[&one, &other]) else {
        return Ok(false);
    };
    Ok(names(after.rules())
        .all(|name| decide_alike(&analysis, (0, Subject::Rule(&name)), (1, Subject::Rule(&name)))))
}

fn names(rules: &Rules) -> impl Iterator<Item = String> {
    rules.iter().map(|(name, _)| name.to_string())
}
