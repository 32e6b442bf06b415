//! Session state, layers, actions, undo and notices: the pure half of the program.
