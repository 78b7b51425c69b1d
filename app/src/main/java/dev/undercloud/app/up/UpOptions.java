package dev.undercloud.app.up;

import java.nio.file.Path;

/**
 * What was asked of {@code up}.
 *
 * @param directory the project, absolute
 * @param port where the app is served; 0 for the first free one from 8080
 * @param httpsPort where it is served encrypted; 0 for the first free one from 8443
 * @param adminPort where the console is; 0 for the first free one from 9090
 * @param dnsPort where DNS is answered; 0 for the one in [dns] listen or the first free one from
 *     5300
 * @param watch whether a change of the sources is deployed
 */
public record UpOptions(
    Path directory, int port, int httpsPort, int adminPort, int dnsPort, boolean watch) {}
