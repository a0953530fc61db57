//! The LDAP connector against real directories: Samba as Active Directory, bare and behind a proxy with
//! Windows' manners, and OpenLDAP.

mod breaks;
mod connecting;
mod delta;
mod export;
mod full;
mod notices;
mod openldap;
mod openldap_target;
mod passwords;
mod refusals;
mod writing;
