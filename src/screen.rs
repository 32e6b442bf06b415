//! What a person sees: one folder a screen.
