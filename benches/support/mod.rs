//! What every bench needs: a fresh house with the sample plan, clients that post to it, and the same verbs run bare.
#![allow(dead_code, reason = "each bench uses a part of it")]

pub mod bare;
pub mod house;
pub mod load;
pub mod seed;
pub mod words;
