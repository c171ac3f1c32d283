package io.alphakite.schwab.auth;

import io.alphakite.schwab.http.Bearer;

/** Where calls get their access token from. Safe for use by many threads. */
public interface AccessTokens extends Bearer {

  /** What a person would want to know about the login, without any call. */
  TokenStatus status();
}
