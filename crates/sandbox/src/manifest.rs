//! What a manifest may say: the host computes addresses and sizes from it before any code runs.
//!
//! Invariants: checked when a program is compiled and again when it is loaded, because uploads bring their own.

use syncline_model::rules::{FlowSource, ProgramManifest, Role};

use crate::limits::{LITERAL_BYTES_MAX, LITERALS_START, OUTPUTS_MAX, SLOTS_MAX};

/// Says what is wrong with a manifest.
pub(crate) fn check(manifest: &ProgramManifest) -> Result<(), String> {
    let most = |what: &str, found: usize, max: usize| {
        if found <= max {
            return Ok(());
        }
        Err(format!("it has {found} {what}, at most {max} are allowed"))
    };
    most("input columns", manifest.slots.len(), SLOTS_MAX)?;
    most("outputs", manifest.outputs.len(), OUTPUTS_MAX)?;
    let literals = LITERALS_START..=LITERALS_START + LITERAL_BYTES_MAX;
    if !literals.contains(&manifest.literals_end) {
        return Err(format!(
            "its literals end at {}, allowed is {} to {}",
            manifest.literals_end,
            literals.start(),
            literals.end()
        ));
    }
    let (mut keys, mut dns) = (0, 0);
    let mut computed = vec![None; manifest.flows.len()];
    for (index, output) in manifest.outputs.iter().enumerate() {
        match output.role {
            Role::Scope if index == 0 => {}
            Role::Scope => return Err("its scope is not its first output".into()),
            Role::Key(key) if key == keys => keys += 1,
            Role::Key(key) => return Err(format!("its key {key} is not in order")),
            Role::Dn => dns += 1,
            Role::Flow(flow) => match computed.get_mut(flow as usize) {
                Some(slot @ None) => *slot = Some(index as u32),
                _ => return Err(format!("its output {index} is for no flow of its own")),
            },
        }
    }
    if dns > 1 || keys != manifest.keys {
        return Err("its keys or names are not as many as it says".into());
    }
    for (index, flow) in manifest.flows.iter().enumerate() {
        let fits = match flow.source {
            FlowSource::Direct(_) => computed[index].is_none(),
            FlowSource::Computed(output) => computed[index] == Some(output),
        };
        if !fits {
            return Err(format!("its flow {index} and its outputs disagree"));
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use syncline_model::rules::{
        ABI_VERSION, AttrType, FlowPlan, LIBRARY_VERSION, OnError, Output, RuleType,
    };

    use super::*;

    /// A manifest with these outputs and one computed flow for each [`Role::Flow`].
    pub(crate) fn manifest(roles: &[Role]) -> ProgramManifest {
        let output = |role: &Role| Output {
            role: *role,
            attr: AttrType::optional(RuleType::String),
            path: String::new(),
        };
        let flow = |(index, role): (usize, &Role)| {
            matches!(role, Role::Flow(_)).then(|| FlowPlan {
                to: "x".into(),
                source: FlowSource::Computed(index as u32),
                on_error: OnError::FailObject,
            })
        };
        ProgramManifest {
            abi: ABI_VERSION,
            library: LIBRARY_VERSION,
            meaning: String::new(),
            runtime: String::new(),
            literals_end: LITERALS_START,
            slots: vec![],
            outputs: roles.iter().map(output).collect(),
            keys: roles.iter().filter(|r| matches!(r, Role::Key(_))).count() as u32,
            flows: roles.iter().enumerate().filter_map(flow).collect(),
            sites: vec![],
        }
    }

    fn refused(change: impl FnOnce(&mut ProgramManifest)) -> String {
        let mut manifest = manifest(&[Role::Scope, Role::Key(0), Role::Dn, Role::Flow(0)]);
        check(&manifest).unwrap();
        change(&mut manifest);
        check(&manifest).unwrap_err()
    }

    #[test]
    fn counts_that_do_not_add_up_are_refused() {
        assert!(refused(|m| m.keys = u32::MAX).contains("keys"));
        assert!(refused(|m| m.outputs[1].role = Role::Key(7)).contains("key 7"));
        assert!(refused(|m| m.outputs[2].role = Role::Scope).contains("first output"));
        assert!(refused(|m| m.outputs[1].role = Role::Dn).contains("names"));
        assert!(refused(|m| m.outputs[3].role = Role::Flow(9)).contains("output 3"));
        assert!(refused(|m| m.flows[0].source = FlowSource::Computed(1)).contains("flow 0"));
        assert!(refused(|m| m.flows[0].source = FlowSource::Direct("y".into())).contains("flow 0"));
    }

    #[test]
    fn addresses_and_sizes_beyond_the_limits_are_refused() {
        let output = manifest(&[Role::Dn]).outputs[0].clone();

        assert!(refused(|m| m.literals_end = u32::MAX).contains("4294967295"));
        assert!(refused(|m| m.literals_end = 0).contains("end at 0"));
        assert!(refused(|m| m.outputs = vec![output; OUTPUTS_MAX + 1]).contains("1025 outputs"));
    }
}
