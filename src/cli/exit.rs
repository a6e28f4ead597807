//! What the exit status says.

use std::process::ExitCode;

/// The exit status of a run; the worse one wins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Nothing was found, or all of it was taken out.
    #[default]
    Clean,
    /// Something was found, or something is left.
    Found,
    /// Wrong usage, or a file that could not be read or written. Wins over
    /// [`Exit::Found`]: what was not read may hold anything.
    Trouble,
}

impl Exit {
    /// The number that the calling program sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Found => 1,
            Self::Trouble => 2,
        }
    }

    /// Both together.
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_documentation() {
        assert_eq!(Exit::Clean.code(), 0);
        assert_eq!(Exit::Found.code(), 1);
        assert_eq!(Exit::Trouble.code(), 2);
    }

    #[test]
    fn trouble_wins_over_findings_and_findings_over_nothing() {
        assert_eq!(Exit::Found.and(Exit::Trouble), Exit::Trouble);
        assert_eq!(Exit::Trouble.and(Exit::Found), Exit::Trouble);
        assert_eq!(Exit::Clean.and(Exit::Found), Exit::Found);
        assert_eq!(Exit::default(), Exit::Clean);
    }
}
