-- what one person changed on one day: the list of my changes, and the last of them that can be taken back
DROP INDEX journal_user;
CREATE INDEX journal_user_at ON journal (by_user, at);

-- the changes that count something without a touch, by when: behind a figure that is opened. Statements that use it repeat
-- the list of kinds word for word
CREATE INDEX journal_counted ON journal (at) WHERE kind IN ('customer.add', 'customer.add_person', 'customer.add_contact', 'customer.set_contact', 'deal.open', 'deal.move', 'deal.win', 'deal.book', 'deal.node', 'deal.untag');

-- who edited a customer, and whether anybody did since
CREATE INDEX journal_edited ON journal (customer_id, rev) WHERE kind IN ('customer.edit', 'customer.private_note', 'undo');
