package io.alphakite.engine.broker;

import java.time.Duration;
import java.util.Optional;

/** Finds the broker that the settings name. */
public interface BrokerConnector {

  /**
   * Asks the broker who it is.
   *
   * @throws BrokerUnavailableException when it does not answer; to be tried again
   */
  BrokerLink connect();

  /** How far the broker's clock is ahead of ours; empty when not known. */
  default Optional<Duration> clockSkew() {
    return Optional.empty();
  }
}
