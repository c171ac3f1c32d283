@NullMarked
package io.alphakite.streaming.account;

import org.jspecify.annotations.NullMarked;
