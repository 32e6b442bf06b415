//! Query → Answer, Change → Commit. SQL lives here and nowhere else.
