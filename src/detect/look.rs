//! The first look at a file: one pass over its raw bytes for everything that
//! says where a credential may stand. Where it sees nothing, nothing is read.
//!
//! It may see a place where nothing is, which costs the reading of a region.
//! It must not miss one: what it asks for is what the readers behind it
//! believe, in any writing (see [`super::near`], [`super::shapes`] and
//! [`super::veils`], whose literals it searches together).

use std::ops::Range;
use std::sync::OnceLock;

use super::candidates::EXEMPTING;
use super::near::{Handed, Near};
use super::needles::Needles;
use super::shapes::Shapes;
use super::veils::{hides, leads};

/// The mark of widgets that passwords are typed into.
const WIDGET: &str = "\"PasswordModel\"";

/// What to look for.
#[derive(Debug)]
pub(super) struct Look {
    shapes: &'static Shapes,
    near: Near,
    needles: Needles,
    /// Where the literals of [`Near`] and of veils begin; before them are those
    /// of [`Shapes`], behind them are the widgets' mark and that of exemptions.
    names: usize,
    veils: usize,
    widget: usize,
    comment: usize,
}

/// What was seen in a file.
#[derive(Debug, Default)]
pub(super) struct Sights {
    /// Anchors, and names that have a value. In order.
    pub offsets: Vec<usize>,
    /// Escapes that could hide one. In order.
    pub veils: Vec<usize>,
    /// It has widgets that passwords are typed into.
    pub widgets: bool,
    /// It has comments that may exempt something.
    pub comments: bool,
    /// Variables that hold what a name is set to.
    pub handed: Vec<Handed>,
}

impl Look {
    /// A look for the values that tell themselves, and for names.
    pub fn new(shapes: &'static Shapes, near: Near) -> Self {
        let mut literals = shapes.literals().to_vec();
        let names = literals.len();
        literals.extend_from_slice(near.literals());
        let veils = literals.len();
        literals.extend(leads());
        let widget = literals.len();
        literals.push(WIDGET.to_owned());
        let comment = literals.len();
        literals.push(EXEMPTING.to_owned());
        Self {
            shapes,
            near,
            needles: Needles::new(literals),
            names,
            veils,
            widget,
            comment,
        }
    }

    /// The look for the built-in catalogue, made once.
    pub fn builtin(near: impl FnOnce() -> Near) -> &'static Self {
        static BUILTIN: OnceLock<Look> = OnceLock::new();
        BUILTIN.get_or_init(|| Self::new(Shapes::builtin(), near()))
    }

    /// What is seen in all of the bytes.
    pub fn whole(&self, bytes: &[u8]) -> Sights {
        self.at(bytes, std::slice::from_ref(&(0..bytes.len())), |_| false)
    }

    /// What is seen in some parts of the bytes, which are in order. If `quotes`
    /// tells where strings end in double quotes, these are not searched.
    pub fn at(
        &self,
        bytes: &[u8],
        parts: &[Range<usize>],
        quotes: impl FnOnce(&mut dyn FnMut(usize)) -> bool,
    ) -> Sights {
        let mut sights = Sights::default();
        let cuts = self.shapes.cuts();
        let told = quotes(&mut |quote| sights.offsets.extend(cuts.before(bytes, quote)));
        for part in parts {
            cuts.each(bytes, part.clone(), !told, |at| sights.offsets.push(at));
        }
        let mut names = self.near.names(bytes);
        for part in parts {
            self.needles
                .each(bytes, part.clone(), |at, literal| match literal {
                    _ if literal < self.names => {
                        if self.shapes.may_belong(bytes, at, literal) {
                            sights.offsets.push(at);
                        }
                    }
                    _ if literal < self.veils => names.meet(at, literal - self.names),
                    _ if literal < self.widget => {
                        if hides(bytes, at) {
                            sights.veils.push(at);
                        }
                    }
                    _ if literal < self.comment => sights.widgets = true,
                    _ => sights.comments = true,
                });
        }
        let (offsets, handed) = names.finish();
        sights.offsets.extend(offsets);
        sights.handed = handed;
        sights.offsets.sort_unstable();
        sights.veils.sort_unstable();
        sights
    }
}
