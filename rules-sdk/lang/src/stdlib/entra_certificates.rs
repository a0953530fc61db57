//! Certificates: the functions of Entra Connect.
//!
//! Source: as of the texts; each gives what the member of .NET's X509Certificate2 of that name gives. Dates are UTC, as all
//! dates here, where the reference says local time. A certificate has no friendly name outside of a Windows store, and a
//! name has no identifier: these are empty.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::{Ir, Site};

/// An object with one certificate, made for these examples: its subject is its issuer.
macro_rules! certificate {
    () => {
        "{\"c\":{\"$b64\":\"MIICTzCCAfagAwIBAgIEAKGywzAKBggqhkjOPQQDAjBJMQswCQYDVQQGEwJBVDEWMBQGA1UECgwNQ29udG9zbywgTHRkLjELMAkGA1UECwwCSVQxFTATBgNVBAMMDEFkYSBMb3ZlbGFjZTAgFw0yNjExMjMwMjM1MDNaGA8yMDU2MTExNTAyMzUwM1owSTELMAkGA1UEBhMCQVQxFjAUBgNVBAoMDUNvbnRvc28sIEx0ZC4xCzAJBgNVBAsMAklUMRUwEwYDVQQDDAxBZGEgTG92ZWxhY2UwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQFwdP9H6Lf2UZ1l51jYSXS5JyGZ+YLwHugqfqauBvsfAwYi3JyhoDJ9iPCAvHlbLKjB2udmeRNv0Bc/hM01Yyzo4HJMIHGMB0GA1UdDgQWBBTqers0mkAN9JYNpfZJLTL92yOaFjAfBgNVHSMEGDAWgBTqers0mkAN9JYNpfZJLTL92yOaFjAPBgNVHRMBAf8EBTADAQH/MGMGA1UdEQRcMFqBEGFkYUBjb250b3NvLnRlc3SCEGFkYS5jb250b3NvLnRlc3SGFWh0dHBzOi8vY29udG9zby50ZXN0L6AdBgorBgEEAYI3FAIDoA8MDWFkYUBjb3JwLnRlc3QwDgYDVR0PAQH/BAQDAgeAMAoGCCqGSM49BAMCA0cAMEQCIFiMnre1vVMlLTUnhTLZtJshEvf6OfAh2e+pFgp5f6QYAiAfnbpWttmOAiXEf0zm+EmP34470jgGtAX+xBmI7C0vZw==\"}}"
    };
}

/// The same as a file of OpenSSL has it.
const PEM: &str = r#"{"c":{"$b64":"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUNUekNDQWZhZ0F3SUJBZ0lFQUtHeXd6QUtCZ2dxaGtqT1BRUURBakJKTVFzd0NRWURWUVFHRXdKQlZERVcKTUJRR0ExVUVDZ3dOUTI5dWRHOXpieXdnVEhSa0xqRUxNQWtHQTFVRUN3d0NTVlF4RlRBVEJnTlZCQU1NREVGawpZU0JNYjNabGJHRmpaVEFnRncweU5qRXhNak13TWpNMU1ETmFHQTh5TURVMk1URXhOVEF5TXpVd00xb3dTVEVMCk1Ba0dBMVVFQmhNQ1FWUXhGakFVQmdOVkJBb01EVU52Ym5SdmMyOHNJRXgwWkM0eEN6QUpCZ05WQkFzTUFrbFUKTVJVd0V3WURWUVFEREF4QlpHRWdURzkyWld4aFkyVXdXVEFUQmdjcWhrak9QUUlCQmdncWhrak9QUU1CQndOQwpBQVFGd2RQOUg2TGYyVVoxbDUxallTWFM1SnlHWitZTHdIdWdxZnFhdUJ2c2ZBd1lpM0p5aG9ESjlpUENBdkhsCmJMS2pCMnVkbWVSTnYwQmMvaE0wMVl5em80SEpNSUhHTUIwR0ExVWREZ1FXQkJUcWVyczBta0FOOUpZTnBmWkoKTFRMOTJ5T2FGakFmQmdOVkhTTUVHREFXZ0JUcWVyczBta0FOOUpZTnBmWkpMVEw5MnlPYUZqQVBCZ05WSFJNQgpBZjhFQlRBREFRSC9NR01HQTFVZEVRUmNNRnFCRUdGa1lVQmpiMjUwYjNOdkxuUmxjM1NDRUdGa1lTNWpiMjUwCmIzTnZMblJsYzNTR0ZXaDBkSEJ6T2k4dlkyOXVkRzl6Ynk1MFpYTjBMNkFkQmdvckJnRUVBWUkzRkFJRG9BOE0KRFdGa1lVQmpiM0p3TG5SbGMzUXdEZ1lEVlIwUEFRSC9CQVFEQWdlQU1Bb0dDQ3FHU000OUJBTUNBMGNBTUVRQwpJRmlNbnJlMXZWTWxMVFVuaFRMWnRKc2hFdmY2T2ZBaDJlK3BGZ3A1ZjZRWUFpQWZuYnBXdHRtT0FpWEVmMHptCitFbVAzNDQ3MGpnR3RBWCt4Qm1JN0Mwdlp3PT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo="}}"#;
const OTHER: &str = r#"{"c":{"$b64":"MAAB"}}"#;
const ADVICE: &str = "test it with IsCert";

const fn of(signature: &'static str, lower: Lower) -> Overload {
    Overload {
        signature,
        lower,
        errors: &[ErrorKind::Format],
    }
}

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "Whether octets are a certificate, as DER, as Base64 or as PEM.",
        cost: "1 unit per octet",
        advice: "",
        overloads: &[Overload::sure(
            "entra IsCert(byte[]? certificate): bool",
            Lower::Rt(Fn::CertIs),
        )],
        examples: &[
            Example::with("IsCert([c])", certificate!(), "true"),
            Example::with("IsCert([c])", PEM, "true"),
            Example::with("IsCert([c])", OTHER, "false"),
            Example::with("IsCert([key])", r#"{"key":{"$b64":""}}"#, "false"),
        ],
    },
    Entry {
        summary: "When a certificate begins and ends to hold.",
        cost: "1 unit per octet",
        advice: ADVICE,
        overloads: &[
            of(
                "entra CertNotBefore(byte[] certificate): DateTime",
                Lower::Then(Fn::CertDate, &[0]),
            ),
            of(
                "entra CertNotAfter(byte[] certificate): DateTime",
                Lower::Then(Fn::CertDate, &[1]),
            ),
        ],
        examples: &[
            Example::with(
                r#"DateDiff("d", CertNotBefore([c]), CertNotAfter([c]))"#,
                certificate!(),
                "10950",
            ),
            Example::with(
                r#"FormatDateTime(CertNotBefore([c]), "yyyy-MM")"#,
                certificate!(),
                r#""2026-11""#,
            ),
            Example::with("CertNotAfter([c])", OTHER, "error:format"),
        ],
    },
    Entry {
        summary: "The names of the issuer and of the subject.",
        cost: "1 unit per octet and 8 per character",
        advice: ADVICE,
        overloads: &[
            of(
                "entra CertIssuer(byte[] certificate): string",
                Lower::Then(Fn::CertPart, &[0]),
            ),
            of(
                "entra CertIssuerDN(byte[] certificate): string",
                Lower::Then(Fn::CertPart, &[0]),
            ),
            of(
                "entra CertSubject(byte[] certificate): string",
                Lower::Then(Fn::CertPart, &[1]),
            ),
            of(
                "entra CertSubjectNameDN(byte[] certificate): string",
                Lower::Then(Fn::CertPart, &[1]),
            ),
        ],
        examples: &[
            Example::with(
                "CertSubject([c])",
                certificate!(),
                r#""CN=Ada Lovelace, OU=IT, O=\"Contoso, Ltd.\", C=AT""#,
            ),
            Example::with(
                "IIF(CertIssuer([c]) = CertSubjectNameDN([c]), 1, 2)",
                certificate!(),
                "1",
            ),
            Example::with("CertIssuerDN([c])", OTHER, "error:format"),
        ],
    },
    Entry {
        summary: "One name of the subject, or of the issuer: SimpleName, EmailName, UpnName, DnsName, DnsFromAlternativeName or UrlName; absent where there is none.",
        cost: "1 unit per octet",
        advice: ADVICE,
        overloads: &[of(
            "entra CertNameInfo(byte[] certificate, X509NameType nameType, bool includesIssuerName): string?",
            Lower::Rt(Fn::CertNameInfo),
        )],
        examples: &[
            Example::with(
                "CertNameInfo([c], SimpleName, False)",
                certificate!(),
                r#""Ada Lovelace""#,
            ),
            Example::with(
                r#"CertNameInfo([c], "SimpleName", False)"#,
                certificate!(),
                r#""Ada Lovelace""#,
            ),
            Example::with(
                "CertNameInfo([c], EmailName, False)",
                certificate!(),
                r#""ada@contoso.test""#,
            ),
            Example::with(
                "CertNameInfo([c], UpnName, False)",
                certificate!(),
                r#""ada@corp.test""#,
            ),
            Example::with(
                "CertNameInfo([c], DnsName, False)",
                certificate!(),
                r#""ada.contoso.test""#,
            ),
            Example::with(
                "CertNameInfo([c], UrlName, False)",
                certificate!(),
                r#""https://contoso.test/""#,
            ),
            Example::with("CertNameInfo([c], UpnName, True)", certificate!(), "null"),
        ],
    },
    Entry {
        summary: "The serial number, in hexadecimal digits.",
        cost: "1 unit per octet",
        advice: ADVICE,
        overloads: &[of(
            "entra CertSerialNumber(byte[] certificate): string",
            Lower::Then(Fn::CertPart, &[2]),
        )],
        examples: &[
            Example::with("CertSerialNumber([c])", certificate!(), r#""A1B2C3""#),
            Example::with("CertSerialNumber([c])", PEM, r#""A1B2C3""#),
            Example::with("CertSerialNumber([c])", OTHER, "error:format"),
        ],
    },
    Entry {
        summary: "The SHA-1 of a certificate, in hexadecimal digits.",
        cost: "8 units per octet",
        advice: ADVICE,
        overloads: &[
            of(
                "entra CertThumbprint(byte[] certificate): string",
                Lower::With(thumbprint),
            ),
            of(
                "entra CertHashString(byte[] certificate): string",
                Lower::With(thumbprint),
            ),
        ],
        examples: &[
            Example::with(
                "CertThumbprint([c])",
                certificate!(),
                r#""8B92FCBAC8341FB562062E4F3CDC2EDD4147CDF3""#,
            ),
            Example::with("CertHashString([c])", OTHER, "error:format"),
        ],
    },
    Entry {
        summary: "The version of a certificate, 1 to 3, as a text.",
        cost: "1 unit per octet",
        advice: ADVICE,
        overloads: &[of(
            "entra CertVersion(byte[] certificate): string",
            Lower::With(version),
        )],
        examples: &[
            Example::with("CertVersion([c])", certificate!(), r#""3""#),
            Example::with("CertVersion([c])", OTHER, "error:format"),
        ],
    },
    Entry {
        summary: "Identifiers of algorithms: of the signature, of the key, of the key's parameters.",
        cost: "1 unit per octet",
        advice: ADVICE,
        overloads: &[
            of(
                "entra CertSignatureAlgorithmOid(byte[] certificate): string",
                Lower::Then(Fn::CertPart, &[3]),
            ),
            of(
                "entra CertKeyAlgorithm(byte[] certificate): string",
                Lower::Then(Fn::CertPart, &[4]),
            ),
            of(
                "entra CertPublicKeyOid(byte[] certificate): string",
                Lower::Then(Fn::CertPart, &[4]),
            ),
            of(
                "entra CertKeyAlgorithmParams(byte[] certificate): string?",
                Lower::Then(Fn::CertPart, &[5]),
            ),
            of(
                "entra CertPublicKeyParametersOid(byte[] certificate): string?",
                Lower::Then(Fn::CertPart, &[6]),
            ),
        ],
        examples: &[
            Example::with(
                "CertSignatureAlgorithmOid([c])",
                certificate!(),
                r#""1.2.840.10045.4.3.2""#,
            ),
            Example::with(
                "CertKeyAlgorithm([c])",
                certificate!(),
                r#""1.2.840.10045.2.1""#,
            ),
            Example::with(
                "CertKeyAlgorithmParams([c])",
                certificate!(),
                r#""06082A8648CE3D030107""#,
            ),
            Example::with(
                "CertPublicKeyParametersOid([c])",
                certificate!(),
                r#""1.2.840.10045.3.1.7""#,
            ),
            Example::with("CertPublicKeyOid([c])", OTHER, "error:format"),
        ],
    },
    Entry {
        summary: "The identifiers of the critical extensions.",
        cost: "1 unit per octet",
        advice: ADVICE,
        overloads: &[of(
            "entra CertExtensionOids(byte[] certificate): List<string>",
            Lower::Rt(Fn::CertCriticalExtensions),
        )],
        examples: &[
            Example::with(
                r#"Join(CertExtensionOids([c]), ",")"#,
                certificate!(),
                r#""2.5.29.19,2.5.29.15""#,
            ),
            Example::with("CertExtensionOids([c])", OTHER, "error:format"),
        ],
    },
    Entry {
        summary: "The format of a certificate, which is X509; and what only a Windows store or a private scheme has, which is empty.",
        cost: "1 unit",
        advice: "",
        overloads: &[
            Overload::sure(
                "entra CertFormat(byte[] certificate): string",
                Lower::With(format),
            ),
            Overload::sure(
                "entra CertFriendlyName(byte[] certificate): string",
                Lower::With(empty),
            ),
            Overload::sure(
                "entra CertIssuerOid(byte[] certificate): string",
                Lower::With(empty),
            ),
            Overload::sure(
                "entra CertSubjectNameOid(byte[] certificate): string",
                Lower::With(empty),
            ),
        ],
        examples: &[
            Example::with("CertFormat([c])", certificate!(), r#""X509""#),
            Example::with("CertFriendlyName([c])", certificate!(), r#""""#),
        ],
    },
];

fn thumbprint(args: Vec<Ir>, site: Site) -> Ir {
    let der = Ir::Call(Fn::CertOctets, args, site);
    let digest = Ir::Call(Fn::Sha1, vec![der], site);
    Ir::Call(Fn::ToHex, vec![digest], site)
}

fn version(args: Vec<Ir>, site: Site) -> Ir {
    let number = Ir::Call(Fn::CertVersion, args, site);
    Ir::Call(Fn::IntToText, vec![number], site)
}

fn format(_: Vec<Ir>, _: Site) -> Ir {
    Ir::Text("X509".to_owned())
}

fn empty(_: Vec<Ir>, _: Site) -> Ir {
    Ir::Text(String::new())
}
