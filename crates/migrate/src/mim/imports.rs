//! Import flows, which stand at the metaverse and name their agent, by descending precedence for each attribute.

use roxmltree::Node;

use super::agent::source;
use super::rule;
use crate::config::{Config, Direction, Mapping, Merge, Note, Work};
use crate::xml::{child, children, guid, shown, text_of};

pub(super) fn read(data: Node<'_, '_>, config: &mut Config) {
    let Some(all) = child(data, "import-attribute-flow") else {
        return;
    };
    config.unknown.beside(
        "import-attribute-flow",
        all,
        &["import-flow-set", "per-ma-options"],
    );
    for set in children(all, "import-flow-set") {
        let metaverse_type = set
            .attribute("mv-object-type")
            .unwrap_or_default()
            .to_owned();
        for flows in children(set, "import-flows") {
            let to = flows.attribute("mv-attribute").unwrap_or_default();
            let how = flows.attribute("type").unwrap_or_default();
            for (rank, node) in (0i64..).zip(children(flows, "import-flow")) {
                flow(node, &metaverse_type, to, how, rank, config);
            }
        }
    }
    let options = child(all, "per-ma-options")
        .into_iter()
        .flat_map(|all| children(all, "ma-options"));
    for one in options {
        let recalls = text_of(one, "enable-recall");
        let agent = one.attribute("ma-id").and_then(guid).unwrap_or_default();
        if matches!(recalls.as_str(), "0" | "false") {
            let name = config
                .connectors
                .get(&agent)
                .map_or(agent.clone(), |c| c.name.clone());
            let message = "Values stay when an object of this agent is disconnected. Set `retain` at the flows whose values are to stay.";
            config.work.push(Work {
                about: name,
                code: "mim.recall",
                message: message.into(),
            });
        }
    }
}

fn flow(
    node: Node<'_, '_>,
    metaverse_type: &str,
    to: &str,
    how: &str,
    rank: i64,
    config: &mut Config,
) {
    let object_type = node
        .attribute("cd-object-type")
        .unwrap_or_default()
        .to_owned();
    let Some(agent) = node.attribute("src-ma").and_then(guid) else {
        config.work.push(Work {
            about: format!("import-flow {}", shown(to)),
            code: "mim.agent",
            message: "The flow names no agent: it was not read.".into(),
        });
        return;
    };
    config.unknown.beside(
        "import-flow",
        node,
        &[
            "direct-mapping",
            "constant-mapping",
            "scripted-mapping",
            "sync-rule-mapping",
            "dn-part-mapping",
            "@src-ma",
            "@cd-object-type",
            "@id",
        ],
    );
    let (source, once, _) = source(node);
    let note = (how != "ranked").then(|| Note {
        code: "D-31.equal",
        message: format!(
            "Precedence of `{}` is `{}` there, by which the last change wins or code decides. Here the order of parts decides.",
            shown(to),
            shown(how)
        ),
    });
    rule(
        config,
        Direction::Inbound,
        &agent,
        &object_type,
        metaverse_type,
    )
    .flows
    .push(Mapping {
        to: to.to_owned(),
        source,
        merge: Merge::Update,
        once,
        rank: Some(rank),
        note,
    });
}
