//! The LDAP connector against real directories: Samba as Active Directory, and OpenLDAP.

mod connecting;
mod delta;
mod export;
mod full;
mod notices;
mod openldap;
mod refusals;
