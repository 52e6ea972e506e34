package dev.duet.server.access;

import dev.duet.server.tls.LocalNames;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The host names by which clients may rightly ask for this server: this machine's, and those in its certificate. */
public final class OwnNames {
    private static final int DNS_NAME = 2;

    private OwnNames() {}

    /** The names, without wildcards. */
    public static List<String> of(Optional<X509Certificate> certificate) {
        List<String> names = new ArrayList<>();
        // Not from the resolver, which may look for the name for many seconds.
        LocalNames machine = LocalNames.withoutAddresses();
        names.addAll(machine.dns());
        certificate.ifPresent(own -> names.addAll(inCertificate(own)));
        return names;
    }

    private static List<String> inCertificate(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            for (List<?> alternative : alternatives == null ? List.<List<?>>of() : alternatives) {
                if (alternative.get(0).equals(DNS_NAME)) {
                    names.add((String) alternative.get(1));
                }
            }
        } catch (CertificateParsingException e) {
            return List.of();
        }
        return names;
    }
}
