package io.alphakite.engine.order;

/** Another engine has taken the account over: this one must not write any more. */
public final class EngineSupersededException extends RuntimeException {

  public EngineSupersededException(long epoch, long current) {
    super("This engine's epoch " + epoch + " is over; the account is at " + current);
  }
}
