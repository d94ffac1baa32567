//! The post as a whole: letters neither lost nor repeated, whatever the mail server, the database or a signal does.

mod threads;
