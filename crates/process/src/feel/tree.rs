//! The parsed tree: refuses what is not allowed, collects the variables, turns date texts into
//! dates.
//!
//! It does not evaluate. The list of allowed nodes is closed: what the library learns tomorrow
//! stays out until it is named here.

use std::collections::BTreeSet;

use dsntk_feel_parser::AstNode;

use super::survey::FUNCTIONS;
use super::{MAX_DEPTH, MAX_QUANTIFIED, MAX_SUBTRACTIONS, Problem, json};

/// What a tree mentions.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) names: BTreeSet<String>,
    pub(super) paths: BTreeSet<String>,
    /// Variables of `some` and `every`: known inside, not asked for outside.
    bound: Vec<String>,
    quantified: usize,
    depth: usize,
    /// Subtractions that the present node stands in.
    subtractions: usize,
}

pub(super) fn check(root: &mut AstNode) -> Result<Tree, Problem> {
    let mut tree = Tree::default();
    tree.visit(root)?;
    Ok(tree)
}

impl Tree {
    fn visit(&mut self, node: &mut AstNode) -> Result<(), Problem> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Problem::TooBig(format!(
                "more than {MAX_DEPTH} operations in one chain"
            )));
        }
        self.visit_kind(node)?;
        self.depth -= 1;
        Ok(())
    }

    fn visit_kind(&mut self, node: &mut AstNode) -> Result<(), Problem> {
        use AstNode::*;
        match node {
            Boolean(_) | Null | Numeric(..) => Ok(()),
            String(text) => {
                if json::is_date(text) {
                    *node = At(text.clone());
                }
                Ok(())
            }
            At(text) => check_at(text),
            Name(_) | Path(..) => self.visit_path(node),
            Add(a, b)
            | And(a, b)
            | Div(a, b)
            | Eq(a, b)
            | Ge(a, b)
            | Gt(a, b)
            | Le(a, b)
            | Lt(a, b)
            | Mul(a, b)
            | Nq(a, b)
            | Or(a, b)
            | Range(a, b) => {
                self.visit(a)?;
                self.visit(b)
            }
            Sub(a, b) => self.visit_subtraction(a, b),
            In(value, list) => self.visit_in(value, list),
            Between(a, b, c) | If(a, b, c) => {
                self.visit(a)?;
                self.visit(b)?;
                self.visit(c)
            }
            IntervalStart(a, _) | IntervalEnd(a, _) | Neg(a) | Satisfies(a) => self.visit(a),
            List(items)
            | ExpressionList(items)
            | CommaList(items)
            | NegatedList(items)
            | PositionalParameters(items) => items.iter_mut().try_for_each(|item| self.visit(item)),
            FunctionInvocation(function, arguments) => self.visit_call(function, arguments),
            Some(lists, holds) | Every(lists, holds) => self.visit_quantified(lists, holds),
            Filter(list, index) => self.visit_index(list, index),
            other => Err(Problem::NotAllowed(kind_of(other))),
        }
    }

    /// The library works out both sides again for the sentence that it makes when they cannot be
    /// subtracted (one is null, say): each further `-` of a chain triples the work.
    fn visit_subtraction(&mut self, a: &mut AstNode, b: &mut AstNode) -> Result<(), Problem> {
        self.subtractions += 1;
        if self.subtractions > MAX_SUBTRACTIONS {
            return Err(Problem::TooBig(format!(
                "more than {MAX_SUBTRACTIONS} subtractions in one chain; write a - (b + c)"
            )));
        }
        self.visit(a)?;
        self.visit(b)?;
        self.subtractions -= 1;
        Ok(())
    }

    fn visit_in(&mut self, value: &mut AstNode, list: &mut AstNode) -> Result<(), Problem> {
        if let AstNode::FunctionInvocation(function, _) = list
            && is_named(function, "not")
        {
            let advice = "`in not(…)`; write `not(… in (…))`";
            return Err(Problem::NotAllowed(advice.to_owned()));
        }
        self.visit(value)?;
        self.visit_test(list)
    }

    /// `>= 7` without a left side has a meaning only after `in`; elsewhere the library would take
    /// `a == 7` for it.
    fn visit_test(&mut self, node: &mut AstNode) -> Result<(), Problem> {
        use AstNode::*;
        match node {
            UnaryEq(a) | UnaryGe(a) | UnaryGt(a) | UnaryLe(a) | UnaryLt(a) | UnaryNe(a) => {
                self.visit(a)
            }
            List(items) | ExpressionList(items) => {
                items.iter_mut().try_for_each(|item| self.visit_test(item))
            }
            other => self.visit(other),
        }
    }

    fn visit_call(&mut self, function: &AstNode, given: &mut AstNode) -> Result<(), Problem> {
        match function {
            AstNode::Name(name) if FUNCTIONS.contains(&name.as_str()) => self.visit(given),
            _ => Err(Problem::NotAllowed("this function".to_owned())),
        }
    }

    fn visit_quantified(
        &mut self,
        lists: &mut AstNode,
        holds: &mut AstNode,
    ) -> Result<(), Problem> {
        let AstNode::QuantifiedContexts(contexts) = lists else {
            return Err(Problem::NotAllowed(kind_of(lists)));
        };
        let outside = self.bound.len();
        for context in contexts {
            let AstNode::QuantifiedContext(variable, list) = context else {
                return Err(Problem::NotAllowed(kind_of(context)));
            };
            if !matches!(
                **list,
                AstNode::Name(_) | AstNode::Path(..) | AstNode::List(_)
            ) {
                let advice = "`some` and `every` over anything but a list".to_owned();
                return Err(Problem::NotAllowed(advice));
            }
            self.visit(list)?;
            let AstNode::Name(name) = &**variable else {
                return Err(Problem::NotAllowed(kind_of(variable)));
            };
            self.bound.push(name.to_string());
            self.quantified += 1;
        }
        if self.quantified > MAX_QUANTIFIED {
            return Err(Problem::TooBig(format!(
                "more than {MAX_QUANTIFIED} `some` or `every`"
            )));
        }
        self.visit(holds)?;
        self.bound.truncate(outside);
        Ok(())
    }

    /// A list may be indexed with a written number; filters by condition are left out.
    fn visit_index(&mut self, list: &mut AstNode, index: &AstNode) -> Result<(), Problem> {
        let index = if let AstNode::Neg(positive) = index {
            positive
        } else {
            index
        };
        if !matches!(index, AstNode::Numeric(..)) {
            let advice = "a filter in `[…]`; use `some` or `every`, or a number";
            return Err(Problem::NotAllowed(advice.to_owned()));
        }
        self.visit(list)
    }

    fn visit_path(&mut self, node: &mut AstNode) -> Result<(), Problem> {
        let Some(parts) = path_parts(node) else {
            let AstNode::Path(base, _) = node else {
                return Err(Problem::NotAllowed(kind_of(node)));
            };
            return self.visit(base);
        };
        let root = parts[0].clone();
        if !self.bound.contains(&root) {
            self.paths.insert(parts.join("."));
            self.names.insert(root);
        }
        Ok(())
    }
}

/// `applicant.age` as its parts, when it begins with a variable and not with a calculation.
fn path_parts(node: &AstNode) -> Option<Vec<String>> {
    match node {
        AstNode::Name(name) => Some(vec![name.to_string()]),
        AstNode::Path(base, field) => {
            let AstNode::Name(field) = &**field else {
                return None;
            };
            let mut parts = path_parts(base)?;
            parts.push(field.to_string());
            Some(parts)
        }
        _ => None,
    }
}

/// The library turns an unreadable `@"…"` into null without a word; here it is said.
fn check_at(text: &str) -> Result<(), Problem> {
    let duration = text.trim_start_matches('-').starts_with('P');
    if duration || json::is_date(text) || text.parse::<jiff::civil::DateTime>().is_ok() {
        return Ok(());
    }
    Err(Problem::Unreadable(format!(
        "@\"{text}\" is no date (YYYY-MM-DD) and no duration (P30D)"
    )))
}

fn is_named(node: &AstNode, wanted: &str) -> bool {
    matches!(node, AstNode::Name(name) if name.as_str() == wanted)
}

/// The name of a kind of node, for the sentence of a refusal.
fn kind_of(node: &AstNode) -> String {
    let debug = format!("{node:?}");
    debug
        .split(['(', ' '])
        .next()
        .unwrap_or_default()
        .to_owned()
}
