//! Commands from afar: under the user's rights, and nothing that is for whoever has the machine.

use serde_json::Value;

use super::host::server;
use crate::faults::floor::NAMES;

#[test]
fn commands_answer_as_on_the_machine_for_who_signed_in() {
    let Some(server) = server() else { return };
    let today = server.json("wang", "today --json");
    let names: Vec<&str> =
        today["calls"].as_array().unwrap().iter().map(|t| t["customer"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, NAMES);
    assert_eq!(server.json("li", "today --json")["calls"].as_array().unwrap().len(), 0);
    let board = server.json("zhou", "board --period day --metric calls_dialed --json");
    assert_eq!(board["period"], "day", "{board}");
    // lines on standard input, an answer each
    let lines: Vec<String> = today["calls"]
        .as_array()
        .unwrap()
        .iter()
        .take(2)
        .map(|task| format!("{{\"task\":{},\"outcome\":\"no_answer\",\"note\":\"没人接\"}}", task["id"]))
        .collect();
    let output = server.command("wang", "log -", &(lines.join("\n") + "\n"));
    assert!(output.status.success(), "{output:?}");
    let answers: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(answers.len() == 2 && answers.iter().all(|answer| answer["touch"].is_string()), "{answers:?}");
    assert_eq!(server.floor().notes(), ["没人接", "没人接"]);
    let (status, told) = server.refused("wang", "log 1 --outcome nothing");
    assert!(status == 1 && told.starts_with("corral: "), "{status} {told}");
}

#[test]
fn a_line_cannot_say_who_acts_or_when() {
    let Some(server) = server() else { return };
    let today = server.json("wang", "today --json");
    let task = &today["calls"][0]["id"];
    for line in [
        format!("{{\"task\":{task},\"outcome\":\"no_answer\",\"user\":\"boss\"}}"),
        format!("{{\"task\":{task},\"outcome\":\"no_answer\",\"now\":\"2020-01-01T00:00:00Z\"}}"),
        "{\"do\":\"today\",\"user\":\"boss\"}".to_owned(),
    ] {
        let output = server.command("wang", "log -", &(line.clone() + "\n"));
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(answer["error"]["code"], "usage", "{line}: {answer}");
    }
    // another's task is refused by the store itself
    let output = server.command("li", "log -", &format!("{{\"task\":{task},\"outcome\":\"no_answer\"}}\n"));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["error"]["code"], "forbidden", "{answer}");
    assert_eq!(server.floor().notes(), [""; 0]);
}

#[test]
fn what_is_for_whoever_has_the_machine_is_refused_by_name() {
    let Some(server) = server() else { return };
    for (words, name) in [
        ("--db /etc/passwd today", "--db"),
        ("today --user boss", "--user"),
        ("today --settings /etc/passwd", "--settings"),
        ("init --playbook edu-english", "init"),
        ("serve", "serve"),
        ("doctor", "doctor"),
        ("db copy /tmp/a /tmp/b", "db"),
        ("export customers --to /tmp/x", "export --to"),
        ("import leads /etc/passwd", "import"),
        ("user key add wang /etc/passwd", "user key add FILE"),
    ] {
        // also for a manager: these are rights of the machine, not of a role
        let (status, told) = server.refused("boss", words);
        assert!(status == 2 && told.contains(&format!("'{name}'")), "{words}: {status} {told}");
    }
}

#[test]
fn rights_hold_from_afar() {
    let Some(server) = server() else { return };
    for words in [
        "user set wang --role admin",
        "user add friend --role manager",
        "user password boss",
        "user invite boss",
        "user unlock li",
        "target set wang --metric calls_dialed --value 1",
        "target set wang --metric calls_dialed --value 1 --period day",
    ] {
        let output = server.command("wang", &format!("{words} --json"), "a long password\n");
        assert_eq!(output.status.code(), Some(1), "{words}: {output:?}");
        let told: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(told["error"]["code"], "forbidden", "{words}: {told}");
    }
    let output = server.command("wang", "export customers", "");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("MARK"), "{output:?}");
    // a lead invites the own team, nobody of another and nobody above
    server.json("zhou", "user invite wang --json");
    for words in ["user invite li --json", "user invite boss --json"] {
        assert!(server.refused("zhou", words).1.contains("forbidden"), "{words}");
    }
    // one's own keys are one's own
    let another = server.new_key("another");
    let public = std::fs::read_to_string(another.with_extension("pub")).unwrap();
    let output = server.command("wang", "user key add wang - --json", &public);
    assert!(output.status.success(), "{output:?}");
    let mut screen = server.knock("wang", Some(&another), &[]);
    screen.until(NAMES[0]);
}

#[test]
fn commands_from_afar_reach_no_customer_of_somebody_else() {
    let Some(server) = server() else { return };
    let today = server.json("wang", "today --json");
    let (task, of) = (&today["calls"][0]["id"], &today["calls"][0]["customer"]);
    let (task, customer) = (task.as_str().unwrap(), of["id"].as_str().unwrap());
    let name = of["name"].as_str().unwrap();
    let card = server.json("wang", &format!("customer show {customer} --json"));
    let contact = card["people"][0]["contacts"][0]["id"].as_str().unwrap();
    assert_eq!(card["people"][0]["contacts"][0]["masked"], true, "the own number is masked, too: {card}");
    let number = server.json("boss", &format!("customer show {customer} --json"));
    let number = number["people"][0]["contacts"][0]["value"].as_str().unwrap().to_owned();
    assert!(number.starts_with("+86"), "{number}");
    server.json("wang", &format!("log {task} --outcome no_answer --json"));
    for text in [name, number.trim_start_matches("+86"), &number[number.len() - 4..]] {
        let found = server.json("li", &format!("customer find '{text}' --json"));
        assert_eq!(found["rows"].as_array().unwrap().len(), 0, "{text}: {found}");
    }
    let listed = server.json("li", "customer list --json");
    assert_eq!(listed["rows"].as_array().unwrap().len(), 0, "{listed}");
    for words in [
        format!("customer show {customer}"),
        format!("customer reveal {contact} --why x"),
        format!("customer set {customer} city=x"),
        format!("customer assign {customer} --to li"),
        format!("customer grant {customer} --to li --right view"),
        format!("log {task} --outcome no_answer"),
        format!("send {task}"),
        format!("skip {task} --reason busy"),
        "export customers".to_owned(),
        "export touches".to_owned(),
        "undo --list --of wang".to_owned(),
    ] {
        let output = server.command("li", &format!("{words} --json"), "");
        assert_ne!(output.status.code(), Some(0), "{words}: {output:?}");
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8_lossy(&told).into_owned();
        assert!(!told.contains(name) && !told.contains(&number), "{words}: {told}");
    }
    // a board opens for everybody; whose customers they were is not told
    let facts = server.json("li", "facts --whose wang --metric calls_dialed --json");
    assert_eq!(facts["sum"], 1, "{facts}");
    assert!(!facts.to_string().contains(name) && !facts.to_string().contains(customer), "{facts}");
}

#[test]
fn nothing_but_a_session_is_to_be_had() {
    let Some(server) = server() else { return };
    let sftp = server.through_ssh("sftp", "wang");
    assert!(!sftp.status.success(), "{sftp:?}");
    // a port of the server, a port for the server, a socket of an agent
    let forward = server.ssh("wang", &["-o", "ExitOnForwardFailure=yes", "-N", "-R", "0:127.0.0.1:22"]);
    assert!(!forward.status.success(), "{forward:?}");
    let through = server.ssh("wang", &["-W", "127.0.0.1:22"]);
    assert!(!through.status.success(), "{through:?}");
    // a screen without a terminal is told what it needs
    let bare = server.ssh("wang", &["-T"]);
    let told = String::from_utf8_lossy(&bare.stderr).into_owned();
    assert!(bare.status.code() == Some(2) && told.contains("ssh -t"), "{bare:?}");
}
