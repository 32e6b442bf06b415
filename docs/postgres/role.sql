-- The role Corral comes as, and its schema. Run once as the superuser, in a folder with the file corral.password, one line that
-- he alone reads: a password given on the command line could be read by everybody on the machine.
--   psql -d postgres -f role.sql
-- Two programs may have two schemas in one database; each has a role of its own.
\set ON_ERROR_STOP on
\set password `cat corral.password`

-- no superuser, no new databases, no new roles, no replication: nothing beyond its own schema
create role corral login password :'password'
  nosuperuser nocreatedb nocreaterole noreplication nobypassrls connection limit 180;

-- the same order of texts on every server, whatever its operating system: Corral sorts names itself
create database corral template template0 encoding 'UTF8' locale 'C';

-- nobody else comes in
revoke all on database corral from public;
grant connect, temporary on database corral to corral;

\connect corral
revoke all on schema public from public;
create schema corral authorization corral;

-- what a program that hangs may hold up: a statement, a lock, a transaction it has left open
alter role corral set search_path = corral;
alter role corral set statement_timeout = '5min';
alter role corral set idle_in_transaction_session_timeout = '1min';

-- for reports from other programs: reads everything, writes nothing
create role corral_reader nologin;
grant connect on database corral to corral_reader;
grant usage on schema corral to corral_reader;
alter default privileges for role corral in schema corral grant select on tables to corral_reader;
