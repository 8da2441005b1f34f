"""What is remembered, who did it, who may see it.

Rows live in `records.models`. A word of a client is read through a sealed attribute (`client.profile`,
`client.name`, `entry.payload`, `session.note`, `session.place`, `person.label`, `alert_step.words` ...);
assigning to it seals at once. A row that is not a client's own opens with its episode's key, so a query
for many rows says `select_related("episode")` (`session__episode` for rows of a session), and a page over
many clients calls `sealing.prepare(client_ids)` once.

Every change is one action: keyword arguments only, `by` (a `User`, or `actions.Operator` on the command
line) and `at` (an aware datetime) always; it raises `NoAccess`, `NotAllowedNow`, `EntryNotValid`,
`AnswersNotScorable` or `ChangedMeanwhile`. Returned is the changed row. Views never save a model.

actions.accounts
    create_user(username, role, password="", display_name="") -> User
    set_active(user, active) -> User;   set_password(user, password) -> User
    start_supervision(therapist, supervisor, from_on) -> Supervision;   stop_supervision(supervision, to_on)
    arrange_cover(therapist, cover, from_on, to_on) -> Cover;   stop_cover(cover) -> Cover
    draft_key(user) -> bytes            32 bytes, the same every time, for that user's browser only
actions.clients
    enrol_client(profile={"name": ...}, adaptation, therapist, language="en", birth_year=None, region="",
                 planned_sessions=None, opened_on=None) -> Episode
    open_episode(client, adaptation, therapist, planned_sessions=None, opened_on=None) -> Episode
    change_profile(client, profile={...changed keys}, language=None, birth_year=None, region=None) -> Client
    give_client_login(client, username="", password="") -> User
    erase_client(client) -> Client
actions.episodes
    change_status(episode, status, on=None, reason="", end_reason="", responsible=None) -> Episode
    change_phase(episode, phase, reason, on=None, session_number=None) -> PhaseEvent
    change_plan(episode, planned_sessions, reason, phase="", on=None) -> PlanEvent
    go_on_by(episode, adaptation, reason, planned_sessions=None, on=None) -> PlanEvent
    hand_over(episode, therapist, reason, on=None) -> Episode
    set_supervisor(episode, supervisor) -> Episode
actions.choosing
    choose_adaptation(episode, adaptation, reason, override_reason="", told=None, planned=None) -> Entry
                                        another one than now takes the course over from here
actions.people
    add_person(episode, label, relation="", code="") -> Person;   rename_person(person, label, relation)
    withdraw_person(person) -> Person
actions.enquiries
    open_enquiry(form=<id of the page>, asked=Asked(profile, asks_for, words ...), place, at) -> Opened
                                        by nobody: once for each form, and no more in an hour than allowed
    record_contact(enquiry, way, reached, words="", on=None) -> EnquiryContact
    hand_over(enquiry, therapist, adaptation, name="", words="") -> Enquiry   its episode is the therapist's
    close_enquiry(enquiry, reason, offered) -> Enquiry
actions.sessions
    plan_session(episode, planned_at, minutes=50, format="in_person", place="") -> Session
    plan_sessions(episode, first_at, count, every_days=7, minutes=50, format=..., place="",
                  skip=()) -> list[Session]                 days in `skip` are left out
    move_session(session, planned_at, place=None, minutes=None) -> Session
    begin_session(session=None, episode=None, held_on=None, late=False, format=None, minutes=None,
                  intake=None, before="") -> Session       gives the number, phase, and takes up waiting check-ins
    record_absence(session=None, episode=None, attendance="missed", planned_at=None, reason="") -> Session
    set_details(session, minutes=None, format=None, late=None) -> Session
    save_note(session, blocks, expected_version, typed_in="note") -> Session
    write_private_note(session, text, expected_version) -> PrivateNote
    use_strategy(session, code, used=True);   use_technique(session, code, used=True)
    mark_task(session, task_id, done=True)      only for a task without a record
    sign_session(session, reason_without_plan="", expected_version=None) -> Session
    amend_session(session, text) -> Amendment
actions.drafts
    keep_draft_text(episode, key, field, text, base_version=0) -> DraftText
    clear_draft_text(episode, key, field="") -> int;   let_go(draft) -> bool
actions.entries
    add_entry(episode, record_type, payload, session=None, on=None, for_task="", final=False, shared=False,
              amends=None) -> Entry
    save_entry(entry, payload, expected_version, final=None, on=None) -> Entry
    withdraw_entry(entry, expected_version) -> Entry
    share_entry(entry, shared=True) -> Entry                                (what a client wrote)
actions.checkins
    open_checkin(episode, measures=None, session=None, purpose="session", mode="client", on=None,
                 language="en") -> CheckIn
    record_answer(check_in, measure, item, value) -> Alert | None           item counts from 1
    decline_item(check_in, measure, item) -> Alert | None
    set_extras(check_in, mood=None, stress=None, talk_about=None, event=None) -> CheckIn
    finish_checkin(check_in) -> CheckIn
    enter_answers(episode, answers={id: [..]}, totals={id: n}, session=None, purpose="session",
                  mode="paper", on=None) -> CheckIn
actions.alerts
    mark_shown_to_client(alert);   acknowledge(alert)
    add_step(alert, kind, words="", level="", told=None, entry=None, happened_at=None, on=None) -> AlertStep
    resolve(alert, words, reason_without_plan="") -> Alert     only after an assessment since it was raised
actions.firings
    note(episode, on, at) -> Noted      every rule looked at on that day: what fired, goes on, or is over
    note_after_this(episode, at)        the same, once the present write is on disk
    decide_rule(episode, rule, decision, reason="", again_on=None) -> RuleFiring
                                        done, not_now, not_applicable, disagree; never what is about risk
    decide(firing, decision, reason="", again_on=None) -> RuleFiring
actions.tellings
    mark_shown(alerts=[ids]);   open_link(delivery_id) -> Delivery | None    None where it was opened before
    set_alert_email(user, address) -> User;   send_trial(user) -> Delivery   one's own alone
actions.reminders
    choose(client, by_email, address="") -> ReminderChoice                   the client's own choice alone
actions.worker, actions.checks, reminders.remind: the worker's own (records.worker), each with its `hold`
actions.transfer
    import_episode(portable, therapist) -> Episode
actions.rotation
    add_key() -> str;   rewrap_all() -> int                                  (operators only)
actions.journal
    write_journal(episode, words={...}, on=None, mood_before=None, mood_after=None, shared=False)
    change_journal(journal, words, expected_version, mood_before=None, mood_after=None)
    share(journal);   unshare(journal)

actions.audits
    check_audit() -> AuditCheck         walks every chain and keeps the answer with its moment

Reading: `queries.<noun>`, each filtered by access for `user` on a day.
    queries.clients    clients_of(user, on), client_of(user), find_clients(user, typed, on)
    queries.episodes   episodes_of(user, on), running_episodes_of(user, on), episode_for(user, id, on),
                       open_episode_of(client)
    queries.sessions   sessions_between(user, first, last, on), unsigned(user, on), session_for(user, id, on),
                       private_note(user, session), drafts(user, episode), next_planned(episode, on),
                       next_of_each(episodes, since)
    queries.entries    visible_entries(user, episode, on), visible_payload(user, entry, on), entry_for(user, id, on)
    queries.checkins   check_ins(user, episode, on), check_in_for(user, id, on), answers_so_far(check_in),
                       unfinished_of(user, episode, now, on), scores(user, episode, on)
    queries.alerts     open_alerts(user, on), alerted_episodes(user, on), alerts_of(user, episode, on),
                       overdue_envelopes(user, now)
    queries.firings    firings_of(user, episode, on), firing_for(user, id, on), settled(episode_ids, on)
    queries.tellings   of_alert(alert), next_call(alert, now), last_trial(user)
    queries.worker     health_for(user, at): whether the worker runs, and what waits
    queries.journal    journal_of(user, episode, on)
    queries.people     people_of(user, episode, on)
    queries.accounts   users(user), therapists(), supervisors(), supervisees(user, on), covered_by(user, on), supervisions(user, on),
                       covers(user, on)
    queries.enquiries  open_enquiries(user, on), enquiry_for(user, id, on), handed_to(therapist), takers(),
                       was_handed_over(user, id, on);
                       waits(user, on), wait_figures(user, on, targets): without a word
    queries.service    figures(user, on, now): waits, alerts in time, completeness, without a word
    queries.audits     last_check(user, on)

`access.may(user, Act.X, episode=None, on=day) -> Decision` is the one table of who may do what;
`access.Permitted(Act.X, build)(user, on)` is a list by the same table, its query compiled once for each role.
`audit.record_read(by=, at=, episode=None, act="episode-read", ids=())` before a page is sent.
`convert.course(episode) -> core Course`, read again only after a write; `standing.status(episode, on) -> CourseStatus`
likewise, for every page that shows where a course stands. `convert.portable(episode, reader, on)` is the whole
episode for export.
"""
