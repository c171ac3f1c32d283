package io.alphakite.engine.broker;

/** Finds the broker that the settings name. */
public interface BrokerConnector {

  /**
   * Asks the broker who it is.
   *
   * @throws BrokerUnavailableException when it does not answer; to be tried again
   */
  BrokerLink connect();
}
