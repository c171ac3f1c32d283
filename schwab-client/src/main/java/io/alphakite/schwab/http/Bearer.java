package io.alphakite.schwab.http;

/** The access token a call carries. */
public interface Bearer {

  /**
   * A token that is not known to be expired; may refresh it first, and block while another thread
   * does.
   *
   * @throws SchwabException {@code LOGIN_REQUIRED} or {@code TOKEN_FILE} when a person is needed, a
   *     transient kind when the token end point could not be reached
   */
  String accessToken();

  /** Says that Schwab refused this token, so that the next {@link #accessToken} is another one. */
  void invalidate(String rejected);
}
