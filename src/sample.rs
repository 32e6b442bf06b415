//! A believable floor made up from a playbook.
