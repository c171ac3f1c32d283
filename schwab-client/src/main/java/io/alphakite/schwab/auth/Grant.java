package io.alphakite.schwab.auth;

import io.alphakite.schwab.http.SchwabException;

/** What asking the token end point came to. */
sealed interface Grant {

  /** New tokens; the refresh token that was presented may be dead now. */
  record Given(Tokens tokens) implements Grant {}

  /** A person has to do something. */
  record Refused(Refusal refusal, SchwabException failure) implements Grant {}

  /** It will pass: what was presented is kept and may be presented again. */
  record Failed(SchwabException failure) implements Grant {}

  /** What was refused. */
  enum Refusal {
    /** The refresh token or the code itself: presenting it again is pointless. */
    TOKEN,
    /**
     * Perhaps the app's key, its secret or its state with Schwab, which a person may put right
     * there: worth another try now and then.
     */
    APP
  }
}
