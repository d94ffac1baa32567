//! Statements of the hot path under types of their own. By its type diesel finds a statement among the prepared ones;
//! the text of an `INSERT` it would write out anew at each use, an `UPDATE` or a plain text it would prepare anew.

/// Names a statement: what is bound, what a row of its answer holds, and its text with a bind after each part.
macro_rules! statement {
    (
        $(#[$said:meta])*
        $name:ident { $($field:ident: $type:ty),* $(,)? } -> $answer:ty;
        $($part:literal, $bind:ident as $kind:ty;)*
        then $rest:literal
    ) => {
        $(#[$said])*
        struct $name<'values> { $($field: &'values $type),* }

        impl diesel::query_builder::QueryId for $name<'_> {
            type QueryId = $name<'static>;
            const HAS_STATIC_QUERY_ID: bool = true;
        }

        impl diesel::query_builder::Query for $name<'_> {
            type SqlType = $answer;
        }

        impl<Conn> diesel::query_dsl::RunQueryDsl<Conn> for $name<'_> {}

        statement!(@text diesel::sqlite::Sqlite, $name, $($part, $bind as $kind;)* then $rest);
        statement!(@text diesel::pg::Pg, $name, $($part, $bind as $kind;)* then $rest);
    };
    (@text $database:ty, $name:ident, $($part:literal, $bind:ident as $kind:ty;)* then $rest:literal) => {
        impl diesel::query_builder::QueryFragment<$database> for $name<'_> {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, $database>,
            ) -> diesel::result::QueryResult<()> {
                $(
                    out.push_sql($part);
                    out.push_bind_param::<$kind, _>(self.$bind)?;
                )*
                out.push_sql($rest);
                Ok(())
            }
        }
    };
}
pub(super) use statement;
