package io.alphakite.schwab.contract;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The client meets the simulator. */
class ClientAgainstSimulatorTest extends ClientContract {

  ClientAgainstSimulatorTest(@TempDir Path directory) {
    super(new SimulatorBackend(), directory);
  }
}
