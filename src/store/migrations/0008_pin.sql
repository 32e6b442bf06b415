-- What opens the screen of somebody who is signed in already: hashed like a password, asked for at the machine itself.
ALTER TABLE sign_in ADD COLUMN pin TEXT;
