/** What people want streamed, by REST and by command. */
@NullMarked
package io.alphakite.platform.tickers;

import org.jspecify.annotations.NullMarked;
