//! Huawei's policies: documents and their faults, conditions and their switches, laws of decisions.

mod conditions;
mod decisions;
mod documents;
mod json;
mod laws;

use assay_engine::iam::{Catalogue, CatalogueFiles, Request, Switch, World, explain};

/// The catalogue of the image service.
fn ims() -> Catalogue {
    let files = CatalogueFiles {
        actions: include_str!("../../../policies/ims/actions.json"),
        apis: include_str!("../../../policies/ims/apis.json"),
        apis_v1: include_str!("../../../policies/ims/apis-1.1.json"),
        contents: include_str!("../../../policies/ims/contents.json"),
    };
    Catalogue::read(files).expect("the tables")
}

/// The switches on which a decision rests.
fn rests_on(world: &World<'_>, request: &Request) -> Vec<Switch> {
    let explanation = explain(world, request).expect("a decision");
    explanation.rests_on.into_iter().map(|(switch, _)| switch).collect()
}
