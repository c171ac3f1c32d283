package io.alphakite.engine.broker;

import org.jspecify.annotations.Nullable;

/** The broker gave no usable answer to a read. Nothing was changed by it. */
public final class BrokerUnavailableException extends RuntimeException {

  public BrokerUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
