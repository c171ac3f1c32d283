package io.alphakite.schwab.http;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * Remembers whether the newest answer said that it comes from a simulator. One per base URL. When
 * in doubt it is not a simulator: false before the first answer, and after any answer without the
 * header.
 */
public final class SimulatorMark implements Interceptor {

  /** The header a simulator puts on each of its answers. */
  public static final String HEADER = "Kite-Simulator";

  private volatile boolean seen;

  /** Whether the newest answer carried the header. */
  public boolean seen() {
    return seen;
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    seen = response.header(HEADER) != null;
    return response;
  }
}
